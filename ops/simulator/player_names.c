/*
 * ops/simulator/player_names.c
 *    Pools of invented names. A second spelling, where there is one, has the same lookup.
 */
#include "ops/simulator/player_names.h"
#include <string.h>
#include "workers/names/aliases.h"
#include "workers/names/player_lookup.h"

enum { MAX_TAKEN = 1024 };

typedef struct {
    const char *text, *other; /* other: NULL where every source agrees */
} Spelling;

static const Spelling first_names[] = {
    {"Aldo", NULL},
    {"Bram", NULL},
    {"Cato", NULL},
    {"Dario", NULL},
    {"Emmet", NULL},
    {"Farid", NULL},
    {"Gideon", NULL},
    {"Hollis", NULL},
    {"Ivo", NULL},
    {"Jarek", NULL},
    {"Kellan", NULL},
    {"Lathan", NULL},
    {"Maddox", NULL},
    {"Nerio", NULL},
    {"Orson", NULL},
    {"Pavlo", NULL},
    {"Quade", NULL},
    {"Roscoe", NULL},
    {"Severin", NULL},
    {"Tobiah", NULL},
    {"Ulric", NULL},
    {"Vaughn", NULL},
    {"Wendell", NULL},
    {"Xander", NULL},
    {"Yusuf", NULL},
    {"Zeno", NULL},
    {"Anselm", NULL},
    {"Briggs", NULL},
    {"Corvin", NULL},
    {"Dashiell", NULL},
    {"Ephraim", NULL},
    {"Fitz", NULL},
    {"Garrick", NULL},
    {"Hakeem-Ali", NULL},
    {"Ishaan", NULL},
    {"Jorah", NULL},
    {"Kaspar", NULL},
    {"Leopold", NULL},
    {"Mosiah", NULL},
    {"Nikandro", NULL},
    {"Osgood", NULL},
    {"Percival", NULL},
    {"Quillan", NULL},
    {"Rufus", NULL},
    {"Stellan", NULL},
    {"Thaddeus", NULL},
    {"Umberto", NULL},
    {"Viktor", NULL},
    {"Wiley", NULL},
    {"Yannick", NULL},
    {"Zephyr", NULL},
    {"Amadou", NULL},
    {"Bastien", NULL},
    {"Caspian", NULL},
    {"Dmitrij", NULL},
    {"Elio", NULL},
    {"Florian", NULL},
    {"Goran", NULL},
    {"Hendrik", NULL},
    {"Idris", NULL},
    {"DeVonne", "Devonne"},
    {"JaMarre", "Jamarre"},
    {"LaQuan", "Laquan"},
    {"TyShaun", "Tyshaun"},
    {"D'Maro", "DMaro"},
    {"Ja'Kell", "JaKell"},
    {"Tre'Von", "Tre\u2019Von"},
    {"K'Andre", "KAndre"},
    {"A.J.", "AJ"},
    {"T.K.", "TK"},
    {"R.C.", "RC"},
    {"O.D.", "OD"},
    {"José", "Jose"},
    {"Tomáš", "Tomas"},
    {"Björn", "Bjorn"},
    {"Łukasz", "Lukasz"},
    {"André", "Andre"},
    {"Miloš", "Milos"},
    {"Søren", "Soren"},
    {"İlkan", "Ilkan"},
};

static const Spelling last_names[] = {
    {"Abernal", NULL},
    {"Brockway", NULL},
    {"Castelo", NULL},
    {"Drummore", NULL},
    {"Eastvale", NULL},
    {"Fenwright", NULL},
    {"Garrowby", NULL},
    {"Hollinshed", NULL},
    {"Ingleside", NULL},
    {"Jeskander", NULL},
    {"Kettering", NULL},
    {"Lorrimand", NULL},
    {"Mabreton", NULL},
    {"Nettlefold", NULL},
    {"Oakhurston", NULL},
    {"Pemberwick", NULL},
    {"Quarrington", NULL},
    {"Rathmoor", NULL},
    {"Silverlock", NULL},
    {"Tarkwell", NULL},
    {"Underhaugh", NULL},
    {"Vandermolle", NULL},
    {"Wexcombe", NULL},
    {"Yarborne", NULL},
    {"Zeltmann", NULL},
    {"Ashgrove", NULL},
    {"Bellwater", NULL},
    {"Copperdale", NULL},
    {"Dunleaven", NULL},
    {"Elmsworth", NULL},
    {"Farrowgate", NULL},
    {"Grimsdyke", NULL},
    {"Hartlebury", NULL},
    {"Islington-Roe", NULL},
    {"Kirkbrander", NULL},
    {"Lanthorne", NULL},
    {"Merriwold", NULL},
    {"Northgrave", NULL},
    {"Ottersley", NULL},
    {"Penhallick", NULL},
    {"Quistgaard", NULL},
    {"Ravensmoor", NULL},
    {"Stockbridge", NULL},
    {"Thistledown", NULL},
    {"Umberlane", NULL},
    {"Vexley", NULL},
    {"Winterbourne", NULL},
    {"Yeldersham", NULL},
    {"Zimmerlund", NULL},
    {"Applegarth", NULL},
    {"Birkenstead", NULL},
    {"Crowhurst", NULL},
    {"Dovercourt", NULL},
    {"Edgeborough", NULL},
    {"Foxenbury", NULL},
    {"Goldsworth", NULL},
    {"Hazelrigge", NULL},
    {"Inchbald", NULL},
    {"Kelderman", NULL},
    {"Larkenfield", NULL},
    {"Mistlethwaite", NULL},
    {"Nightingill", NULL},
    {"Osterhagen", NULL},
    {"Plumstead", NULL},
    {"Rosenquill", NULL},
    {"Sandringer", NULL},
    {"Tollemarsh", NULL},
    {"Upperton", NULL},
    {"Vickersby", NULL},
    {"Wolverstone", NULL},
    {"Yockenthwaite", NULL},
    {"Amberly-Cole", NULL},
    {"Bracewaith", NULL},
    {"Chesterling", NULL},
    {"Duskerton", NULL},
    {"Everglade", NULL},
    {"Frostwick", NULL},
    {"Gatherole", NULL},
    {"Holloway-Ames", NULL},
    {"Kingscote", NULL},
    {"Diabatondo", NULL},
    {"Okonwari", NULL},
    {"Mbekani", NULL},
    {"Toureba", NULL},
    {"Sakamura", NULL},
    {"Petrosyanov", NULL},
    {"Delacroisse", NULL},
    {"Montefusco-Bay", NULL},
    {"McAllister-Roy", "Mcallister-Roy"},
    {"MacDurrow", "Macdurrow"},
    {"DeLancy", "Delancy"},
    {"VanTessel", "Vantessel"},
    {"O'Kerrigan", "O\u2019Kerrigan"},
    {"N'Dourade", "NDourade"},
    {"D'Orsini", "DOrsini"},
    {"St. Clarion", "St Clarion"},
    {"Jovalić", "Jovalic"},
    {"Křenović", "Krenovic"},
    {"Håkansund", "Hakansund"},
    {"Wróblik", "Wroblik"},
    {"Šarunović", "Sarunovic"},
    {"Gonçalvim", "Goncalvim"},
    {"Müllerbach", "Mullerbach"},
    {"Žvirblis", "Zvirblis"},
    {"Peñarroya", "Penarroya"},
    {"Ağaoğlar", "Agaoglar"},
    {"Étiennard", "Etiennard"},
    {"Ødegrim", "Odegrim"},
};

static const char *const suffixes[] = {"Jr.", "III", "II", "Sr.", "IV"};

/* How often a source differs from the box score where a name allows it. */
static const double differs[SOURCE_COUNT] = {
    [SOURCE_BOX] = 0.3, [SOURCE_SHOTS] = 0.35, [SOURCE_PROPS] = 0.45, [SOURCE_INJURIES] = 0.1};

struct NameBook {
    uint64_t seed;
    Arena *a;
    PlayerName taken[MAX_TAKEN];
    size_t count;
};

NameBook *
name_book_new(uint64_t seed, Arena *a)
{
    NameBook *b = arena_alloc(a, sizeof *b);

    b->seed = seed;
    b->a = a;
    return b;
}

static bool
is_taken(const NameBook *b, const PlayerName *n)
{
    for (size_t i = 0; i < b->count; i++)
        if (player_name_same_base(&b->taken[i], n))
            return true;
    return name_alias(n->lookup) != NULL;
}

static const char *
spelt(const Spelling *s, Rng *r, double differs_by)
{
    const bool other = dice_chance(r, differs_by);

    return other && s->other != NULL ? s->other : s->text;
}

static void
spell_all(const NameBook *b, const Spelling *first, const Spelling *last, const char *suffix, uint64_t player_id,
          const char *out[SOURCE_COUNT])
{
    for (size_t s = 0; s < SOURCE_COUNT; s++) {
        Rng r = dice_stream(b->seed, DICE_SPELLINGS, player_id, s);
        const char *f = spelt(first, &r, differs[s]), *l = spelt(last, &r, differs[s]);
        /* A source that leaves a suffix out still means him: nobody else has the name. */
        const bool bare = suffix == NULL || (s != SOURCE_BOX && dice_chance(&r, differs[s]));

        out[s] = bare ? arena_printf(b->a, "%s %s", f, l) : arena_printf(b->a, "%s %s %s", f, l, suffix);
    }
}

void
name_book_take(NameBook *b, uint64_t player_id, const char *out[SOURCE_COUNT])
{
    Rng r = dice_stream(b->seed, DICE_NAMES, player_id, 0);

    for (;;) {
        const Spelling *first = &first_names[rng_below(&r, ARRAY_LEN(first_names))];
        const Spelling *last = &last_names[rng_below(&r, ARRAY_LEN(last_names))];
        const char *suffix = dice_chance(&r, 0.06) ? suffixes[rng_below(&r, ARRAY_LEN(suffixes))] : NULL;
        PlayerName n;

        spell_all(b, first, last, suffix, player_id, out);
        if (b->count == MAX_TAKEN || !player_name_parse(out[SOURCE_BOX], b->a, &n) || is_taken(b, &n))
            continue;
        b->taken[b->count++] = n;
        return;
    }
}

static bool
is_small_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

const char *
name_misspelt(const char *name, Arena *a)
{
    const char *space = strchr(name, ' ');
    const char *last = space != NULL ? space + 1 : name;
    size_t at = (size_t)(last - name) + strlen(last) / 2;

    /* a letter that stands alone, so that leaving it out changes the name */
    while (at > 1 && !(is_small_letter(name[at]) && is_small_letter(name[at - 1]) && name[at] != name[at - 1]))
        at--;
    return arena_printf(a, "%.*s%s", (int)at, name, name + at + 1);
}
