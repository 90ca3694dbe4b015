/* The simple workload in C, as flat as it gets: the limit that no engine for any workflow can pass.
 *
 * The same reports, transfers and working times as the usual model's, the same rules: money moves until a stop takes
 * effect, an answer names whom money went to before, and work waits in a heap by desk for the lowest free number.
 * No log, no routes, no policies. Times in ms, money in fen.
 */
#include <stdint.h>
#include <stdlib.h>

typedef int64_t whole;

typedef struct { whole time, id; } Waiting;
typedef struct { whole time, subject; int32_t stage, desk, person; } Event;
typedef struct { Waiting *heap; whole count, room, change; uint64_t busy; whole heads; } Desk;

enum { STATEMENT, ENTRY, AUDIT, BANK, SHIFT };
enum { INTAKE, ANALYST, AUDITOR };

typedef struct {
    whole cases, accounts, transfers, desks, never, limit;
    /* by case; the arrivals are cases in the order of their reports */
    const whole *first_account, *reported, *arrivals;
    whole n_arrivals;
    /* by account: the desk of its bank, -1 where it answers at once, and working times */
    const whole *bank_desk, *outgoing_first, *entry, *audit, *execution;
    const whole *statement; /* by case */
    const whole *outgoing;
    /* by transfer, each case in preorder */
    const whole *parent, *target, *amount, *dwell, *size;
    /* by desk: heads at the start, and where its changes begin */
    const whole *heads, *change_first, *change_time, *change_heads;
    /* what comes of it */
    whole *times, *stop_account, *stop_time;
    whole stops, exited, recovered;
} World;

static Event *agenda;
static whole n_agenda, room_agenda;
static Desk *desk;
static uint64_t dirty;

static void plan(whole time, whole subject, int stage, int at, int person)
{
    if (n_agenda == room_agenda)
        agenda = realloc(agenda, (room_agenda *= 2) * sizeof *agenda);
    whole i = n_agenda++;
    for (; i && agenda[(i - 1) / 2].time > time; i = (i - 1) / 2)
        agenda[i] = agenda[(i - 1) / 2];
    agenda[i] = (Event){time, subject, stage, at, person};
}

static Event next_event(void)
{
    Event first = agenda[0], last = agenda[--n_agenda];
    whole i = 0, child;
    while ((child = 2 * i + 1) < n_agenda) {
        child += child + 1 < n_agenda && agenda[child + 1].time < agenda[child].time;
        if (agenda[child].time >= last.time)
            break;
        agenda[i] = agenda[child];
        i = child;
    }
    agenda[i] = last;
    return first;
}

static int before(Waiting a, Waiting b) { return a.time < b.time || (a.time == b.time && a.id < b.id); }

static void join(int at, whole now, whole id)
{
    Desk *d = desk + at;
    if (d->count == d->room)
        d->heap = realloc(d->heap, (d->room *= 2) * sizeof *d->heap);
    Waiting mine = {now, id};
    whole i = d->count++;
    for (; i && before(mine, d->heap[(i - 1) / 2]); i = (i - 1) / 2)
        d->heap[i] = d->heap[(i - 1) / 2];
    d->heap[i] = mine;
    dirty |= 1ull << at;
}

static whole leave(Desk *d)
{
    whole id = d->heap[0].id, i = 0, child;
    Waiting last = d->heap[--d->count];
    while ((child = 2 * i + 1) < d->count) {
        child += child + 1 < d->count && before(d->heap[child + 1], d->heap[child]);
        if (!before(d->heap[child], last))
            break;
        d->heap[i] = d->heap[child];
        i = child;
    }
    d->heap[i] = last;
    return id;
}

/* Free people begin what waits longest. */
static void assign(const World *w, int at, whole now)
{
    Desk *d = desk + at;
    uint64_t there = d->heads >= 64 ? ~0ull : (1ull << d->heads) - 1, idle;
    while (d->count && (idle = there & ~d->busy)) {
        int person = __builtin_ctzll(idle);
        whole id = leave(d);
        const whole *time = at == INTAKE ? w->statement : at == ANALYST ? w->entry : at == AUDITOR ? w->audit
                                                                                                   : w->execution;
        d->busy |= 1ull << person;
        plan(now + time[id], id, at < BANK ? at : BANK, at, person);
    }
}

/* An answer: whom the money of an account went to before now is chased. */
static void chase(const World *w, whole account, whole now)
{
    for (whole k = w->outgoing_first[account]; k < w->outgoing_first[account + 1]; k++) {
        whole transfer = w->outgoing[k];
        if (w->times[transfer] < now && w->target[transfer] >= 0)
            join(ANALYST, now, w->target[transfer]);
    }
}

static void stop(World *w, whole account, whole now)
{
    w->stop_account[w->stops] = account;
    w->stop_time[w->stops++] = now;
    for (whole k = w->outgoing_first[account]; k < w->outgoing_first[account + 1]; k++) {
        whole first = w->outgoing[k];
        if (w->times[first] >= now && w->times[first] != w->never)
            for (whole i = first; i < first + w->size[first]; i++)
                w->times[i] = w->never;
    }
}

static void come_on(World *w, Event e)
{
    if (e.stage == STATEMENT)
        chase(w, w->first_account[e.subject], e.time);
    else if (e.stage == ENTRY)
        join(AUDITOR, e.time, e.subject);
    else if (e.stage == AUDIT) {
        if (w->bank_desk[e.subject] < 0)
            plan(e.time + w->execution[e.subject], e.subject, BANK, -1, 0);
        else
            join((int)w->bank_desk[e.subject], e.time, e.subject);
    } else if (e.time < w->limit) {
        stop(w, e.subject, e.time);
        chase(w, e.subject, e.time);
    }
}

static void next_shift(const World *w, int at)
{
    whole change = desk[at].change;
    if (change < w->change_first[at + 1])
        plan(w->change_time[change], change, SHIFT, at, 0);
}

void run(World *w)
{
    whole now = 0, arrival = 0;
    agenda = malloc((room_agenda = 1024) * sizeof *agenda);
    n_agenda = 0;
    desk = calloc(w->desks, sizeof *desk);
    for (int at = 0; at < w->desks; at++) {
        desk[at].heap = malloc((desk[at].room = 64) * sizeof(Waiting));
        desk[at].heads = w->heads[at];
        desk[at].change = w->change_first[at];
        next_shift(w, at);
    }
    for (whole i = 0; i < w->transfers; i++)
        w->times[i] = w->dwell[i] + (w->parent[i] < 0 ? 0 : w->times[w->parent[i]]);
    dirty = 0;
    w->stops = w->exited = w->recovered = 0;
    for (;;) {
        whole event = n_agenda ? agenda[0].time : w->never;
        whole report = arrival < w->n_arrivals ? w->reported[w->arrivals[arrival]] : w->never;
        whole time = event < report ? event : report;
        if (dirty && time > now) {
            for (; dirty; dirty &= dirty - 1)
                assign(w, __builtin_ctzll(dirty), now);
            continue;
        }
        if (time == w->never)
            break;
        now = time;
        if (report == time) {
            join(INTAKE, now, w->arrivals[arrival++]);
            continue;
        }
        Event e = next_event();
        if (e.stage == SHIFT) {
            desk[e.desk].heads = w->change_heads[e.subject];
            desk[e.desk].change++;
            next_shift(w, e.desk);
        } else {
            if (e.desk >= 0)
                desk[e.desk].busy &= ~(1ull << e.person);
            come_on(w, e);
        }
        if (e.desk >= 0)
            dirty |= 1ull << e.desk;
    }
    for (whole i = 0; i < w->transfers; i++)
        if (w->times[i] < w->never) {
            w->exited += w->target[i] < 0 ? w->amount[i] : 0;
            w->recovered += (w->target[i] >= 0 ? w->amount[i] : 0) - (w->parent[i] >= 0 ? w->amount[i] : 0);
        }
    for (int at = 0; at < w->desks; at++)
        free(desk[at].heap);
    free(desk);
    free(agenda);
}
