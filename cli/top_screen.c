/* top_screen.c - the terminal of `tandem top`: plain escape sequences that every terminal since the
 * VT100 knows, but for its other screen, which one that has none ignores.
 *
 * Signals reach the loop through a pipe, so that none is missed between a look and a wait. Such
 * handlers need state that has no owner, as in signals.c. */
#include "cli/top.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define COLUMNS_USUAL 80
#define ROWS_USUAL    24
#define COLUMNS_MOST  1000
#define ROWS_MOST     1000
#define KEYS_MAX      64

static const char screen_on[] = "\033[?1049h\033[?25l\033[2J";
static const char screen_off[] = "\033[?25h\033[?1049l";
static const int signals_seen[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT};
#define SIGNAL_COUNT (sizeof signals_seen / sizeof *signals_seen)

static _Atomic int wake_end = -1; /* the pipe's end that handlers write to */
static volatile sig_atomic_t asked_quit, asked_kill;

struct top_screen {
    bool live, shown, keys; /* keys: standard input is a terminal, set to give single keys */
    int pipe[2];
    struct termios before;
    struct sigaction old[SIGNAL_COUNT];
};

static void on_signal(int number)
{
    const int kept = errno, end = atomic_load(&wake_end);
    const char byte = (char)number;
    if (number == SIGINT) asked_quit = 1;
    if (number == SIGTERM || number == SIGHUP || number == SIGQUIT) asked_kill = 1;
    /* A full pipe wakes the loop as well. */
    if (end >= 0 && write(end, &byte, 1) < 0) errno = kept;
    errno = kept;
}

/* ---- What the terminal is --------------------------------------------------------------- */

bool top_screen_fits(void)
{
    const char *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

bool top_screen_utf8(void)
{
    const locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (locale == (locale_t)0) return false;
    const bool utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    freelocale(locale);
    return utf8;
}

bool top_screen_colour(void)
{
    const char *plain = getenv("NO_COLOR");
    return top_screen_fits() && !(plain && *plain);
}

void top_screen_size(uint32_t *columns, uint32_t *rows)
{
    struct winsize size = {0};
    *columns = COLUMNS_USUAL;
    *rows = ROWS_USUAL;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return;
    if (size.ws_col) *columns = size.ws_col < COLUMNS_MOST ? size.ws_col : COLUMNS_MOST;
    if (size.ws_row) *rows = size.ws_row < ROWS_MOST ? size.ws_row : ROWS_MOST;
}

/* ---- Taking it over, and giving it back ------------------------------------------------- */

/* False when the terminal is gone, or the user asks to end while it takes nothing. */
static bool write_all(const char *data, size_t bytes)
{
    while (bytes > 0) {
        const ssize_t part = write(STDOUT_FILENO, data, bytes);
        if (part > 0) {
            data += part;
            bytes -= (size_t)part;
        } else if (part < 0 && errno == EAGAIN) {
            struct pollfd ready = {STDOUT_FILENO, POLLOUT, 0};
            if (poll(&ready, 1, -1) < 0 && (asked_quit || asked_kill)) return false;
        } else if (part == 0 || errno != EINTR || asked_quit || asked_kill) {
            return false;
        }
    }
    return true;
}

static void take_over(top_screen *screen)
{
    struct termios raw;
    if (isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &screen->before) == 0) {
        raw = screen->before;
        raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
        raw.c_cc[VMIN] = 0;
        raw.c_cc[VTIME] = 0;
        screen->keys = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
    }
    screen->shown = true;
    (void)write_all(screen_on, sizeof screen_on - 1);
}

static void give_back(top_screen *screen)
{
    if (screen->shown && write(STDOUT_FILENO, screen_off, sizeof screen_off - 1) < 0)
        screen->shown = false; /* the terminal is gone */
    if (screen->keys) (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &screen->before);
    screen->shown = screen->keys = false;
}

static td_status watch(top_screen *screen, td_error *err)
{
    struct sigaction action = {0};
    if (pipe2(screen->pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return td_fail(err, TD_E_IO, "no pipe for signals: %s", strerror(errno));
    atomic_store(&wake_end, screen->pipe[1]);
    asked_quit = asked_kill = 0;
    action.sa_handler = on_signal; /* no SA_RESTART: a signal ends a write that waits */
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < SIGNAL_COUNT; ++i) {
        sigaction(signals_seen[i], NULL, &screen->old[i]);
        /* "nohup" and shells without job control ignore signals for their children. */
        if (screen->old[i].sa_handler == SIG_IGN) continue;
        if (!screen->live && signals_seen[i] == SIGTSTP) continue;
        sigaction(signals_seen[i], &action, NULL);
    }
    return TD_OK;
}

td_status top_screen_open(bool live, top_screen **out, td_error *err)
{
    top_screen *screen = calloc(1, sizeof *screen);
    if (!screen) return td_fail(err, TD_E_NO_MEMORY, "no memory for the screen");
    screen->live = live;
    screen->pipe[0] = screen->pipe[1] = -1;
    const td_status status = watch(screen, err);
    if (status) {
        free(screen);
        return status;
    }
    if (live) take_over(screen);
    *out = screen;
    return TD_OK;
}

void top_screen_close(top_screen *screen)
{
    if (!screen) return;
    give_back(screen);
    for (size_t i = 0; i < SIGNAL_COUNT; ++i)
        sigaction(signals_seen[i], &screen->old[i], NULL);
    atomic_store(&wake_end, -1);
    close(screen->pipe[0]);
    close(screen->pipe[1]);
    free(screen);
}

/* ---- Events ----------------------------------------------------------------------------- */

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Ctrl-Z: the terminal is the shell's until the program goes on. */
static void stop_here(top_screen *screen)
{
    const bool live = screen->live;
    if (live) give_back(screen);
    raise(SIGSTOP);
    if (live) take_over(screen);
}

/* True when something is to be drawn again. */
static bool take_signals(top_screen *screen)
{
    char byte[KEYS_MAX];
    bool again = false;
    const ssize_t count = read(screen->pipe[0], byte, sizeof byte);
    for (ssize_t i = 0; i < count; ++i) {
        if (byte[i] == SIGTSTP) stop_here(screen);
        again |= byte[i] == SIGTSTP || byte[i] == SIGCONT || byte[i] == SIGWINCH;
    }
    return again;
}

/* The end of input, as of a terminal that is gone, is no key: it is not asked again. */
static bool take_keys(top_screen *screen)
{
    char key[KEYS_MAX];
    const ssize_t count = read(STDIN_FILENO, key, sizeof key);
    if (count < 0 && errno != EINTR && errno != EAGAIN) screen->keys = false;
    for (ssize_t i = 0; i < count; ++i)
        if (key[i] == 'q' || key[i] == 'Q' || key[i] == 3) return true;
    return false;
}

top_event top_screen_wait(top_screen *screen, double seconds)
{
    const double end = seconds_now() + seconds;
    for (;;) {
        const double left = end - seconds_now();
        struct pollfd from[2] = {{screen->pipe[0], POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
        if (asked_kill) return TOP_KILLED;
        if (asked_quit) return TOP_QUIT;
        if (left <= 0.0) return TOP_TIME;
        const int wait_ms = left < 3600.0 ? (int)(left * 1000.0) + 1 : 3600000;
        const int ready = poll(from, screen->keys ? 2 : 1, wait_ms);
        if (ready <= 0) continue;
        if (from[0].revents && take_signals(screen)) return TOP_RESIZE;
        if (screen->keys && (from[1].revents & POLLHUP)) return TOP_KILLED;
        if (screen->keys && from[1].revents && take_keys(screen)) return TOP_QUIT;
    }
}

td_status top_screen_show(top_screen *screen, const paper *lines, td_error *err)
{
    paper out = {0};
    const char *at = lines->data ? lines->data : "";
    paper_add(&out, *at ? "\033[H" : "\033[H\033[J");
    while (*at) {
        const size_t bytes = strcspn(at, "\n");
        const char *const next = at + bytes + (at[bytes] == '\n');
        /* A line is cleared before it is written, with the last one all below: behind a line as
         * wide as the screen the cursor still stands on its last cell, which would go too. */
        paper_add(&out, *next ? "\033[K" : "\033[J");
        paper_add_bytes(&out, at, bytes);
        at = next;
        /* No line break behind the last line: it would scroll a screen that is full. */
        if (*at) paper_add(&out, "\r\n");
    }
    td_status status = paper_check(&out, err);
    if (!status && screen->shown && !write_all(out.data, out.bytes) && !asked_quit && !asked_kill)
        status = td_fail(err, TD_E_IO, "the terminal: %s", strerror(errno));
    paper_free(&out);
    return status;
}
