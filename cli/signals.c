/* signals.c - see signals.h. The only state that can change without an owner: a signal handler
 * has no other way to be told whom to stop. */
#include "cli/signals.h"

#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <unistd.h>

#define EXIT_CANCELLED 130
#define SECONDS_MAX    1e8

static _Atomic(td_cancel *) watched;
static _Atomic(const char *) file_kept;
static volatile sig_atomic_t caught, timed_out, bar_shown;

static void on_signal(int number)
{
    if (number == SIGALRM) {
        timed_out = 1;
    } else {
        if (caught || !atomic_load(&watched)) {
            static const char erase[] = "\r\033[K";
            const char *file = atomic_load(&file_kept);
            if (file) (void)unlink(file);
            if (bar_shown && write(STDERR_FILENO, erase, sizeof erase - 1) < 0)
                _exit(EXIT_CANCELLED);
            _exit(EXIT_CANCELLED);
        }
        caught = 1;
    }
    td_cancel *cancel = atomic_load(&watched);
    if (cancel) td_cancel_request(cancel);
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction action = {0};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void signals_start(void)
{
    handle(SIGPIPE, SIG_IGN);
    handle(SIGXFSZ, SIG_IGN);
}

void signals_watch(td_cancel *cancel, double seconds)
{
    atomic_store(&watched, cancel);
    handle(SIGINT, on_signal);
    handle(SIGTERM, on_signal);
    if (!(seconds > 0.0)) return;
    if (seconds > SECONDS_MAX) seconds = SECONDS_MAX;
    handle(SIGALRM, on_signal);
    struct itimerval timer = {{0, 0}, {0, 0}};
    timer.it_value.tv_sec = (time_t)floor(seconds);
    timer.it_value.tv_usec = (suseconds_t)((seconds - floor(seconds)) * 1e6);
    if (timer.it_value.tv_sec == 0 && timer.it_value.tv_usec == 0) timer.it_value.tv_usec = 1;
    setitimer(ITIMER_REAL, &timer, NULL);
}

void signals_unwatch(void)
{
    const struct itimerval none = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &none, NULL);
    atomic_store(&watched, NULL);
}

bool signals_caught(void)
{
    return caught;
}

bool signals_timed_out(void)
{
    return timed_out;
}

void signals_bar(bool shown)
{
    bar_shown = shown;
}

void signals_file(const char *path)
{
    atomic_store(&file_kept, path);
}
