/* Threads: fewer than were asked for, none after a fork, several callers, and signals that are not theirs. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/event.h"
#include "base/parallel.h"
#include "base/thread/pool.h"
#include "rpe_test.h"

enum { COUNT = 2000 };

typedef struct marks {
    atomic_int visits[COUNT];
    atomic_int threads[8]; /* bodies that a thread of that number ran */
} marks;

static void mark(void *context, size_t index, int thread)
{
    marks *all = context;
    atomic_fetch_add(&all->visits[index], 1);
    atomic_fetch_add(&all->threads[thread], 1);
}

static bool each_once(const marks *all)
{
    for (size_t i = 0; i < COUNT; i++)
        if (atomic_load(&all->visits[i]) != 1)
            return false;
    return true;
}

static void expect_loop(int threads)
{
    static marks all;
    memset(&all, 0, sizeof all);
    rpe_parallel_for(COUNT, threads, mark, &all);
    assert_true(each_once(&all));
}

/* None can be started, then one, then as many as one wants: the work is done by those that there are. */
static void test_threads_that_are_refused(void **state)
{
    (void)state;
    rpe_pool_refuse_beyond(0);
    expect_loop(4);
    assert_int_equal(rpe_pool_started(), 0);
    rpe_pool_refuse_beyond(1);
    expect_loop(4);
    assert_int_equal(rpe_pool_started(), 1);
    rpe_pool_refuse_beyond(3);
    expect_loop(4);
    assert_int_equal(rpe_pool_started(), 3);
    expect_loop(8);
    assert_int_equal(rpe_pool_started(), 3);
}

/* A barrier for two: each of two bodies waits for the other, so two threads must work at once. */
static void meet(void *context, size_t index, int thread)
{
    pthread_barrier_t *barrier = context;
    (void)index, (void)thread;
    pthread_barrier_wait(barrier);
}

static void test_two_work_at_once(void **state)
{
    (void)state;
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, 2);
    for (int i = 0; i < 100; i++)
        rpe_parallel_for(2, 2, meet, &barrier);
    pthread_barrier_destroy(&barrier);
}

/* What a forked child makes of the same loops: 0 if they are right.  The alarm ends it where they hang. */
static int child_loops(void)
{
    static marks all;
    memset(&all, 0, sizeof all);
    rpe_parallel_for(COUNT, 4, mark, &all);
    return each_once(&all) && atomic_load(&all.threads[0]) == COUNT ? 0 : 1;
}

static void expect_child(void)
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(250);
        _exit(child_loops());
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void test_a_child_works_alone(void **state)
{
    (void)state;
    expect_loop(4);
    expect_child();
    expect_loop(4); /* the parent's threads are still there */
}

/* A child that is forked while another thread of the host calls. */
static void *call_often(void *context)
{
    atomic_bool *stop = context;
    static marks all;
    while (!atomic_load(stop)) {
        memset(&all, 0, sizeof all);
        rpe_parallel_for(COUNT, 3, mark, &all);
        if (!each_once(&all))
            return context;
    }
    return NULL;
}

static void test_forks_beside_calls(void **state)
{
    (void)state;
    pthread_t caller;
    atomic_bool stop = false;
    void *failed;
    assert_int_equal(pthread_create(&caller, NULL, call_often, &stop), 0);
    for (int i = 0; i < 50; i++)
        expect_child();
    atomic_store(&stop, true);
    pthread_join(caller, &failed);
    assert_null(failed);
}

/* Callers of a host at once, each with a loop of its own. */
static void *call_some(void *context)
{
    static marks all[4];
    marks *own = &all[*(int *)context];
    for (int i = 0; i < 200; i++) {
        memset(own, 0, sizeof *own);
        rpe_parallel_for(COUNT, 3, mark, own);
        if (!each_once(own))
            return context;
    }
    return NULL;
}

static void test_callers_at_once(void **state)
{
    (void)state;
    pthread_t callers[4];
    int numbers[4];
    for (int i = 0; i < 4; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&callers[i], NULL, call_some, &numbers[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        void *failed;
        pthread_join(callers[i], &failed);
        assert_null(failed);
    }
}

/* ---- interrupts ---- */

static void test_no_index_begins_after_an_interrupt(void **state)
{
    (void)state;
    static marks all;
    for (int threads = 1; threads <= 4; threads++)
        for (uint64_t number = 1; number <= 40; number += 3) {
            int visits = 0;
            memset(&all, 0, sizeof all);
            rpe_interrupt_install();
            rpe_event_arm(RPE_EVENT_POLL, number, number % 2 == 0 ? SIGINT : SIGTERM);
            rpe_parallel_for(COUNT, threads, mark, &all);
            assert_int_equal(rpe_interrupt_signal(), number % 2 == 0 ? SIGINT : SIGTERM);
            for (size_t i = 0; i < COUNT; i++) {
                assert_in_range(atomic_load(&all.visits[i]), 0, 1);
                visits += atomic_load(&all.visits[i]);
            }
            /* Alone, those that had been polled for before.  Others may be a few bodies on when the signal is there. */
            if (threads == 1) {
                assert_int_equal(visits, number - 1);
                assert_int_equal(rpe_event_counted(RPE_EVENT_POLL), number);
            }
            rpe_event_disarm();
            rpe_interrupt_set(false);
        }
}

typedef struct endless {
    size_t loops;
    atomic_size_t bodies;
} endless;

static size_t next_of_many(void *context)
{
    endless *all = context;
    return all->loops++ < 100000 ? 7 : 0;
}

static void count_body(void *context, size_t index, int thread)
{
    (void)index, (void)thread;
    endless *all = context;
    atomic_fetch_add(&all->bodies, 1);
}

static void test_loops_end_after_an_interrupt(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 3; threads++) {
        endless all = {0};
        rpe_interrupt_install();
        rpe_event_arm(RPE_EVENT_POLL, 100, SIGINT);
        rpe_parallel_loops(threads, next_of_many, count_body, &all);
        assert_true(atomic_load(&all.bodies) < (threads == 1 ? 100 : 7 * 100000));
        assert_int_equal(rpe_interrupt_signal(), SIGINT);
        rpe_event_disarm();
        rpe_interrupt_set(false);
    }
}

static void test_what_arms(void **state)
{
    (void)state;
    static const char *const refused[] = {"",           "poll",       "poll:3",     "poll:3:HUP",
                                          "poll:x:INT", "read:3:INT", "poll:3:INT:"};
    rpe_error error = {""};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_int_equal(rpe_event_arm_text(refused[i], &error), RPE_ERROR_INPUT);
    assert_false(atomic_load(&rpe_event_armed));
    rpe_test_ok(rpe_event_arm_text(NULL, &error), &error);
    assert_false(atomic_load(&rpe_event_armed));
    rpe_test_ok(rpe_event_arm_text("write:0:KILL", &error), &error);
    rpe_event_happen(RPE_EVENT_WRITE);
    assert_int_equal(rpe_event_counted(RPE_EVENT_WRITE), 1);
    rpe_event_disarm();
}

int main(void)
{
    /* In this order: the first test is to find no thread started. */
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_threads_that_are_refused),
                                       cmocka_unit_test(test_two_work_at_once),
                                       cmocka_unit_test(test_a_child_works_alone),
                                       cmocka_unit_test(test_forks_beside_calls),
                                       cmocka_unit_test(test_callers_at_once),
                                       cmocka_unit_test(test_no_index_begins_after_an_interrupt),
                                       cmocka_unit_test(test_loops_end_after_an_interrupt),
                                       cmocka_unit_test(test_what_arms)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
