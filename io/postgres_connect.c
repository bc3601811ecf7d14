/* postgres_connect.c - opens and closes connections, runs statements, and says what went wrong. */
#include "io/postgres.h"

#ifdef TANDEM_HAS_POSTGRES
#include "io/postgres_parts.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CONNECT_SECONDS     10
#define CONNECT_SECONDS_MAX 100000
#define MESSAGE_ROOM        1024

/* ---- Errors ------------------------------------------------------------------------------- */

/* Line breaks and what surrounds them become "; ". */
static void one_line(const char *text, char *out, size_t room)
{
    size_t at = 0;
    while (*text && at + 3 < room) {
        if (*text != '\n' && *text != '\r') {
            out[at++] = *text++;
            continue;
        }
        while (*text == '\n' || *text == '\r' || *text == '\t' || *text == ' ')
            text += 1;
        if (*text && at > 0) {
            out[at++] = ';';
            out[at++] = ' ';
        }
    }
    out[at] = 0;
}

static void scrub(const postgres *pg, char *text, size_t size)
{
    for (unsigned i = 0; i < 2; ++i)
        postgres_scrub(text, size, pg->secret[i]);
    if (pg->connection) postgres_scrub(text, size, PQpass(pg->connection));
}

static td_status status_of(const char *state)
{
    if (!state) return TD_E_IO;
    if (strcmp(state, "42P01") == 0 || strcmp(state, "3D000") == 0) return TD_E_NOT_FOUND;
    if (strncmp(state, "42", 2) == 0 || strncmp(state, "22", 2) == 0 ||
        strncmp(state, "23", 2) == 0 || strncmp(state, "25", 2) == 0)
        return TD_E_BAD_ARGUMENT;
    return TD_E_IO;
}

td_status postgres_fail(postgres *pg, const PGresult *result, const char *what, td_error *err)
{
    char text[MESSAGE_ROOM], full[2 * MESSAGE_ROOM];
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *first = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const char *detail = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL) : NULL;
    const char *hint = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_HINT) : NULL;
    if (first)
        snprintf(full, sizeof full, "%s%s%s%s%s", first, detail ? "\n" : "", detail ? detail : "",
                 hint ? "\n" : "", hint ? hint : "");
    else snprintf(full, sizeof full, "%s", PQerrorMessage(pg->connection));
    one_line(full, text, sizeof text);
    scrub(pg, text, sizeof text);
    pg->broken = true;
    return td_fail(err, status_of(state), "%s: cannot %s: %s", pg->name, what,
                   text[0] ? text : "the connection broke");
}

/* ---- Waiting ------------------------------------------------------------------------------ */

static td_status stop(postgres *pg, td_error *err)
{
    char ignored[256];
    PGcancel *cancel = PQgetCancel(pg->connection);
    if (cancel) PQcancel(cancel, ignored, sizeof ignored);
    PQfreeCancel(cancel);
    pg->broken = true;
    return td_fail(err, TD_E_CANCELLED, "%s: stopped", pg->name);
}

static bool goes_on(const postgres *pg)
{
    return !pg->hooks.step || pg->hooks.step(pg->hooks.context, pg->rows, pg->bytes);
}

td_status postgres_wait(postgres *pg, bool write, td_error *err)
{
    struct pollfd wait = {PQsocket(pg->connection), POLLIN, 0};
    if (write) wait.events |= POLLOUT;
    if (wait.fd >= 0) poll(&wait, 1, POSTGRES_WAIT_MS);
    return goes_on(pg) ? TD_OK : stop(pg, err);
}

td_status postgres_result(postgres *pg, PGresult **out, td_error *err)
{
    while (PQflush(pg->connection) == 1 || PQisBusy(pg->connection)) {
        const td_status status = postgres_wait(pg, PQflush(pg->connection) == 1, err);
        if (status) return status;
        if (!PQconsumeInput(pg->connection)) break; /* the result tells */
    }
    *out = PQgetResult(pg->connection);
    return TD_OK;
}

td_status postgres_run(postgres *pg, const char *sql, const char *param, const char *what,
                       PGresult **out, td_error *err)
{
    PGresult *last = NULL, *next = NULL;
    td_status status = TD_OK;
    if (!PQsendQueryParams(pg->connection, sql, param ? 1 : 0, NULL, &param, NULL, NULL, 0))
        return postgres_fail(pg, NULL, what, err);
    do {
        status = postgres_result(pg, &next, err);
        if (status || !next) break;
        PQclear(last);
        last = next;
        next = NULL;
        /* A COPY is under way: its data is not for here. */
        const ExecStatusType kind = PQresultStatus(last);
        if (kind == PGRES_COPY_OUT || kind == PGRES_COPY_IN) break;
    } while (last);
    const ExecStatusType kind = PQresultStatus(last);
    if (!status && kind != PGRES_COMMAND_OK && kind != PGRES_TUPLES_OK && kind != PGRES_COPY_OUT &&
        kind != PGRES_COPY_IN)
        status = postgres_fail(pg, last, what, err);
    if (!status && out) *out = last;
    else PQclear(last);
    return status;
}

/* ---- Opening ------------------------------------------------------------------------------ */

static const char *option_of(const PQconninfoOption *options, const char *keyword)
{
    for (; options && options->keyword; ++options)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val && options->val[0] ? options->val : NULL;
    return NULL;
}

/* Says what is wrong with a URL that libpq does not take. Its message may quote a part of the
 * password; that about the URL without one does not. */
static td_status url_fail(const char *url, td_error *err)
{
    char *plain = postgres_url_plain(url), *message = NULL;
    char text[MESSAGE_ROOM] = "";
    PQconninfoOption *options = plain ? PQconninfoParse(plain, &message) : NULL;
    if (!options && message) one_line(message, text, sizeof text);
    const td_status status = td_fail(
        err, TD_E_BAD_ARGUMENT, "%s: %s", plain ? plain : "the URL",
        text[0] ? text
                : "is not postgresql://USER:PASSWORD@HOST:PORT/DATABASE; in user and password "
                  "write @ as %40, : as %3A, / as %2F, ? as %3F, % as %25");
    PQconninfoFree(options);
    PQfreemem(message);
    free(plain);
    return status;
}

/* In messages and attributes: never with a password. Any part may be NULL. */
static void set_name(postgres *pg, const char *user, const char *host, const char *port,
                     const char *database)
{
    sql_text name = {0};
    sql_add(&name, "postgresql://");
    if (user) sql_add(&name, user);
    if (user) sql_add(&name, "@");
    if (host) sql_add(&name, host);
    if (port) sql_add(&name, ":");
    if (port) sql_add(&name, port);
    sql_add(&name, "/");
    if (database) sql_add(&name, database);
    if (name.failed) sql_free(&name);
    if (!name.data) return;
    free(pg->name);
    pg->name = name.data;
}

static td_status take_url(postgres *pg, const char *url, td_error *err)
{
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    if (!options) return url_fail(url, err);
    const char *secret[2] = {option_of(options, "password"), option_of(options, "sslpassword")};
    bool full = false;
    set_name(pg, option_of(options, "user"), option_of(options, "host"), option_of(options, "port"),
             option_of(options, "dbname"));
    for (unsigned i = 0; i < 2; ++i) {
        pg->secret[i] = secret[i] ? strdup(secret[i]) : NULL;
        full |= secret[i] && !pg->secret[i];
    }
    PQconninfoFree(options);
    if (!full && pg->name) return TD_OK;
    return td_fail(err, TD_E_NO_MEMORY, "no memory for a connection");
}

/* connect_timeout for each host that there is to try; 0 or less: no limit. */
static double connect_seconds(PGconn *connection)
{
    PQconninfoOption *options = PQconninfo(connection);
    const char *told = option_of(options, "connect_timeout");
    const char *hosts = option_of(options, "host");
    const long each = told ? strtol(told, NULL, 10) : CONNECT_SECONDS;
    double count = 1.0;
    for (; hosts && *hosts; ++hosts)
        count += *hosts == ',';
    PQconninfoFree(options);
    return each <= 0 ? CONNECT_SECONDS_MAX : (double)each * count;
}

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static td_status connect_wait(postgres *pg, td_error *err)
{
    const double end = now_seconds() + connect_seconds(pg->connection);
    PostgresPollingStatusType want = PGRES_POLLING_WRITING;
    while (want != PGRES_POLLING_OK) {
        struct pollfd wait = {PQsocket(pg->connection), POLLIN, 0};
        if (want == PGRES_POLLING_FAILED) return postgres_fail(pg, NULL, "connect", err);
        if (want == PGRES_POLLING_WRITING) wait.events = POLLOUT;
        const int ready = poll(&wait, 1, POSTGRES_WAIT_MS);
        if (!goes_on(pg)) return td_fail(err, TD_E_CANCELLED, "%s: stopped", pg->name);
        if (ready > 0) want = PQconnectPoll(pg->connection);
        else if (now_seconds() > end)
            return td_fail(err, TD_E_IO, "%s: cannot connect: no answer in time (connect_timeout)",
                           pg->name);
    }
    return TD_OK;
}

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

static td_status connect_server(postgres *pg, const char *url, td_error *err)
{
    const char *const keys[] = {"dbname", "client_encoding", "fallback_application_name", NULL};
    const char *const values[] = {url, "UTF8", "tandem", NULL};
    pg->connection = PQconnectStartParams(keys, values, 1);
    if (!pg->connection) return td_fail(err, TD_E_NO_MEMORY, "no memory for a connection");
    PQsetNoticeReceiver(pg->connection, ignore_notice, NULL);
    if (PQstatus(pg->connection) == CONNECTION_BAD) return postgres_fail(pg, NULL, "connect", err);
    const td_status status = connect_wait(pg, err);
    if (status) return status;
    if (PQsetnonblocking(pg->connection, 1)) return postgres_fail(pg, NULL, "connect", err);
    /* Now it is known what the environment, a service file and defaults have added. */
    set_name(pg, PQuser(pg->connection), PQhost(pg->connection), PQport(pg->connection),
             PQdb(pg->connection));
    const char *integers = PQparameterStatus(pg->connection, "integer_datetimes");
    if (integers && strcmp(integers, "on") == 0) return TD_OK;
    return td_fail(err, TD_E_UNSUPPORTED, "%s: the server's times are no integers: too old",
                   pg->name);
}

td_status postgres_open(const char *url, const postgres_hooks *hooks, postgres **out, td_error *err)
{
    postgres *pg = calloc(1, sizeof *pg);
    if (!pg) return td_fail(err, TD_E_NO_MEMORY, "no memory for a connection");
    if (hooks) pg->hooks = *hooks;
    td_status status = take_url(pg, url, err);
    if (!status) status = connect_server(pg, url, err);
    if (status) postgres_close(pg);
    else *out = pg;
    return status;
}

void postgres_close(postgres *pg)
{
    if (!pg) return;
    PQfinish(pg->connection);
    for (unsigned i = 0; i < 2; ++i) {
        if (pg->secret[i]) explicit_bzero(pg->secret[i], strlen(pg->secret[i]));
        free(pg->secret[i]);
    }
    free(pg->name);
    free(pg);
}

const char *postgres_name(const postgres *pg)
{
    return pg->name;
}
#endif
