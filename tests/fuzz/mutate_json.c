/* JSON: values of other types, members that go, come twice or come anew. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "mutate.h"

#define PLACES_MAX 2048
#define TWICE "\\u0001" /* as it is written at the end of the key of a member that is to be there twice */

/* Where a value stands. */
typedef struct place {
    json_t *parent, *value;
    const char *key; /* NULL: in a list */
    size_t index;
} place;

static place places[PLACES_MAX];
static size_t place_count;

static void places_find(json_t *parent)
{
    const char *key;
    json_t *value;
    size_t index;
    json_object_foreach(parent, key, value)
    {
        if (place_count < PLACES_MAX)
            places[place_count++] = (place){parent, value, key, 0};
        places_find(value);
    }
    json_array_foreach(parent, index, value)
    {
        if (place_count < PLACES_MAX)
            places[place_count++] = (place){parent, value, NULL, index};
        places_find(value);
    }
}

static const char *key_any(void)
{
    const char *found = place_count > 0 && fuzz_roll(2) == 0 ? places[fuzz_roll(place_count)].key : NULL;
    if (found != NULL)
        return found;
    return fuzz_word(
        "series|axis|picture|timing|noisy|reason|shard|first_trials|quick|gate|kernel|heads|taps|type|"
        "measures|seed|trials|key_picture|overflows|rates|machine|inputs|configuration|samples|cases|"
        "configuration_file|queries|keys|values|methods|threads|distribution|gaussian|fit");
}

static json_t *value_any(void)
{
    switch (fuzz_roll(10)) {
    case 0:
        return json_null();
    case 1:
        return json_boolean(fuzz_roll(2));
    case 2:
        return json_string(fuzz_odd_text());
    case 3:
        return json_string(key_any());
    case 4:
        return json_array();
    case 5:
        return json_object();
    case 6:
        return json_pack("[i]", (int)fuzz_roll(3));
    case 7:
        return json_pack("[s]", key_any());
    case 8:
        return place_count > 0 ? json_deep_copy(places[fuzz_roll(place_count)].value) : json_null();
    default: {
        json_t *number = json_loads(fuzz_number_text(), JSON_DECODE_ANY, NULL);
        return number != NULL ? number : json_integer(1);
    }
    }
}

static void value_set(const place *at, json_t *value)
{
    if (at->key != NULL)
        json_object_set_new_nocheck(at->parent, at->key, value);
    else
        json_array_set_new(at->parent, at->index, value);
}

static void value_remove(const place *at)
{
    if (at->key != NULL)
        json_object_del(at->parent, at->key);
    else
        json_array_remove(at->parent, at->index);
}

static void value_repeat(const place *at)
{
    char key[FUZZ_NAME_CAPACITY];
    const size_t most = (size_t)1 << fuzz_roll(8);
    if (at->key == NULL)
        for (size_t i = 0; i < most; i++)
            json_array_insert_new(at->parent, at->index, json_deep_copy(at->value));
    else if (strlen(at->key) + 2 < sizeof key) {
        snprintf(key, sizeof key, "%s\x01", at->key);
        json_object_set_new_nocheck(at->parent, key, json_deep_copy(at->value));
    }
}

/* A number near the one that is there, or another text. */
static void value_vary(const place *at)
{
    if (json_is_integer(at->value))
        value_set(at, json_integer((json_int_t)((uint64_t)json_integer_value(at->value) + fuzz_roll(3) - 1)));
    else if (json_is_real(at->value))
        value_set(at, json_real(json_real_value(at->value) * (fuzz_roll(2) == 0 ? -1.0 : 1e3)));
    else if (json_is_string(at->value))
        value_set(at, json_string(fuzz_odd_text()));
    else
        value_set(at, value_any());
}

static void place_mutate(const place *at)
{
    switch (fuzz_roll(7)) {
    case 0:
        value_remove(at);
        break;
    case 1:
        value_repeat(at);
        break;
    case 2:
        value_vary(at);
        break;
    case 3:
        value_set(at, json_pack("[O]", at->value));
        break;
    case 4:
        if (json_is_object(at->value))
            json_object_set_new(at->value, key_any(), value_any());
        else
            json_array_append_new(at->value, value_any());
        break;
    default:
        value_set(at, value_any());
    }
}

/* The mark goes: the key is there twice. */
static void twice_make(fuzz_draft *draft)
{
    uint8_t *mark = memmem(draft->bytes, draft->count, TWICE, strlen(TWICE));
    if (mark != NULL)
        fuzz_splice(draft, (size_t)(mark - draft->bytes), strlen(TWICE), "", 0);
}

void fuzz_json_mutate(fuzz_draft *draft)
{
    json_t *root = json_loadb((const char *)draft->bytes, draft->count, 0, NULL);
    if (root == NULL) {
        fuzz_bytes_mutate(draft);
        return;
    }
    place_count = 0;
    places_find(root);
    if (place_count == 0 || fuzz_roll(16) == 0)
        json_object_set_new(root, key_any(), value_any());
    else
        place_mutate(&places[fuzz_roll(place_count)]);
    draft->count = 0;
    const size_t length = json_dumpb(root, (char *)draft->bytes, DRAFT_ROOM, JSON_INDENT(1));
    draft->count = length <= DRAFT_ROOM ? length : 0;
    json_decref(root);
    twice_make(draft);
}
