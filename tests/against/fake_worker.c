/* A program that speaks the protocol of against/worker.h and times nothing:
     fake_worker [KEY=VALUE...] worker EXPERIMENT ...
   factor, start, round, seed: its law (fake_law.h); timings: of a point at each start; protocol: what it says that it speaks;
   points: how many it has; refuse=P: point P cannot be timed; answer=TEXT: instead of every answer; end=N:EXIT, die=N:SIGNAL, hang=N:0:
   at request N (from 1; 0: before it says anything; hang=0: silently after the greeting); noise=1: lines that are no answers go
   before every answer; log=FILE: "P REPETITION NAME" of each request is appended, name=NAME. */
#include "fake_law.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct fake {
    fake_law law;
    unsigned timings, points;
    int protocol, refuse;
    const char *answer, *log, *name, *end, *die, *hang;
    int noise;
} fake;

static const char *value_of(int count, char **words, const char *key, const char *fallback)
{
    const size_t length = strlen(key);
    for (int i = 1; i < count; i++)
        if (strncmp(words[i], key, length) == 0 && words[i][length] == '=')
            return words[i] + length + 1;
    return fallback;
}

static fake fake_make(int count, char **words)
{
    return (fake){.law = {.factor = atof(value_of(count, words, "factor", "1")),
                          .start = atof(value_of(count, words, "start", "0")),
                          .round = atof(value_of(count, words, "round", "0")),
                          .seed = (unsigned)atoi(value_of(count, words, "seed", "1"))},
                  .timings = (unsigned)atoi(value_of(count, words, "timings", "3")),
                  .points = (unsigned)atoi(value_of(count, words, "points", "2")),
                  .protocol = atoi(value_of(count, words, "protocol", "1")),
                  .refuse = atoi(value_of(count, words, "refuse", "-1")),
                  .answer = value_of(count, words, "answer", NULL),
                  .log = value_of(count, words, "log", NULL),
                  .name = value_of(count, words, "name", ""),
                  .end = value_of(count, words, "end", NULL),
                  .die = value_of(count, words, "die", NULL),
                  .hang = value_of(count, words, "hang", NULL),
                  .noise = atoi(value_of(count, words, "noise", "0"))};
}

/* "N:VALUE" of this N: the value; else -1. */
static int due(const char *text, int request)
{
    int at, value;
    return text != NULL && sscanf(text, "%d:%d", &at, &value) == 2 && at == request ? value : -1;
}

static void fate(const fake *is, int request)
{
    fflush(stdout);
    if (due(is->end, request) >= 0)
        exit(due(is->end, request));
    if (due(is->die, request) >= 0) {
        signal(due(is->die, request), SIG_DFL);
        raise(due(is->die, request));
    }
    while (due(is->hang, request) >= 0)
        pause();
}

static void request_log(const fake *is, unsigned point, unsigned repetition)
{
    FILE *stream = is->log == NULL ? NULL : fopen(is->log, "a");
    if (stream == NULL)
        return;
    fprintf(stream, "%u %u %s\n", point, repetition, is->name);
    fclose(stream);
}

int main(int count, char **words)
{
    char line[256];
    unsigned point, calls, repetition;
    int warm, request = 0;
    const fake is = fake_make(count, words);
    if (due(is.hang, 0) < 0)
        fate(&is, 0);
    printf("@{\"rpebench worker\": %d, \"machine\": {\"revision\": \"fake\"}}\n", is.protocol);
    fate(&is, 0);
    for (unsigned i = 0; i < is.points; i++)
        printf(
            "@{\"point\": \"experiment=e;method=m;length=%u\", \"threads\": 1, \"seconds\": %s, \"reason\": "
            "\"%s\"}\n",
            64 * (i + 1), (int)i == is.refuse ? "null" : "0.001",
            (int)i == is.refuse ? "not applicable" : "");
    printf("@{\"points\": %u}\n", is.points);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL &&
           sscanf(line, "time %u %u %d %u", &point, &calls, &warm, &repetition) == 4) {
        fate(&is, ++request);
        request_log(&is, point, repetition);
        for (int i = 0; is.noise && i < 3; i++)
            printf("a library complains\n");
        if (is.answer != NULL)
            printf("%s\n", is.answer);
        else
            printf("@{\"seconds\": %.17g}\n", fake_seconds(&is.law, point, repetition, is.timings));
        fflush(stdout);
    }
    return 0;
}
