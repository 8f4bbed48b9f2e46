/*
 * The town at large: 2,400 premises and what ordinary letting, living and working leave behind in
 * three years. Nearly all of it is innocent, and some of it looks odd all the same: a tip here, a
 * tenant not registered there. Shares of types and of events are made up to look like a small
 * municipality of 20,000; none is a statistic.
 */
#include "demo_data.h"

#include <stdio.h>

enum { TOWN = 2400, YEARS_OF_DAYS = 1095 };

enum type { DWELLING, ROOM, BUSINESS_UNIT, SHARED_UNIT, SHOP, OFFICE, GARAGE_BOX, BARN, HOLIDAY_UNIT, TYPES };

static const struct {
    const char *word, *use, *letting;
    enum sender landlord;
    int share;           /* in a thousand premises */
    int rented;          /* per cent */
    int area, area_more; /* m2 */
    int rent, rent_more; /* euro a month */
} types[TYPES] = {
    [DWELLING] = {"dwelling", "living", "dwelling", CORPORATION, 640, 48, 55, 90, 560, 620},
    [ROOM] = {"room", "living", "room", CORPORATION, 70, 95, 12, 14, 310, 240},
    [BUSINESS_UNIT] = {"business-unit", "industry", "business", LANDLORD, 70, 80, 60, 600, 650, 2400},
    [SHARED_UNIT] = {"multi-tenant-unit", "industry", "business", LANDLORD, 35, 90, 30, 120, 280, 700},
    [SHOP] = {"shop", "retail", "business", LANDLORD, 35, 80, 50, 180, 900, 2200},
    [OFFICE] = {"office", "office", "business", LANDLORD, 30, 80, 40, 300, 700, 2600},
    [GARAGE_BOX] = {"garage-box", "storage", "storage", LANDLORD, 60, 90, 15, 8, 75, 60},
    [BARN] = {"barn", "storage", "storage", LANDLORD, 30, 45, 150, 800, 300, 700},
    [HOLIDAY_UNIT] = {"holiday-unit", "lodging", "holiday", AGENT, 30, 80, 40, 40, 450, 500},
};

/* One premises while its life is written. */
struct home {
    struct data *data;
    int n;
    enum type type;
    char where[64]; /* "premises":{"bagId":"..."} */
};

/* One lease. */
struct lease {
    enum sender by;
    char id[24]; /* the registration's sourceId */
    pw_day from, until;
    bool ended;
    int rent;
};

static const char *any(struct data *data, const char *const *words, int count)
{
    return words[pick(data, 0, count - 1)];
}
#define ANY(data, words) any((data), (words), (int)(sizeof(words) / sizeof *(words)))

static enum type pick_type(struct data *data)
{
    int draw = pick(data, 1, 1000);
    for (int i = 0; i < TYPES; i++)
        if ((draw -= types[i].share) <= 0)
            return (enum type)i;
    return DWELLING;
}

static void write_attributes(const struct home *home)
{
    const char *const yes = "yes", *const no = "no";
    struct data *data = home->data;
    bool shared = home->type == SHARED_UNIT;
    data_line(data, PREMISES,
        "{%s,\"attributes\":{\"address\":{\"postcode\":\"99%02dV%c\",\"houseNumber\":%d,\"municipality\":"
        "\"Vossewaard\"},"
        "\"type\":\"%s\",\"usePurposes\":[\"%s\"],\"floorAreaM2\":%d,\"agriculturalUse\":\"%s\",\"driveIn\":"
        "\"%s\","
        "\"reception\":\"%s\",\"partOfDwellingPlot\":\"%s\",\"asOf\":\"%s\",\"ground\":\"public-task\"}}",
        home->where, 1 + home->n / 240, 'A' + home->n / 20 % 12, 1 + home->n % 20 * 2, types[home->type].word,
        types[home->type].use, types[home->type].area + pick(data, 0, types[home->type].area_more),
        home->type == BARN ? (chance(data, 40) ? "ended" : "active") : "none", shared ? yes : no,
        shared && chance(data, 30) ? yes : no, home->type == GARAGE_BOX && chance(data, 30) ? yes : no,
        date_text(data_today(data) - YEARS_OF_DAYS));
}

/* ---- a lease and what its landlord does ---- */

static void write_application(const struct home *home, const struct lease *lease)
{
    static const char *const purposes[TYPES] = {
        "living", "living", "workshop", "workshop", "retail", "office", "storage", "storage", "living"};
    data_line(home->data, lease->by,
        "{\"kind\":\"application\",\"sourceId\":\"%s-a\",%s,\"tenancy\":\"%s\",\"occurredOn\":\"%s\","
        "\"ground\":\"wet-goed-verhuurderschap\","
        "\"purpose\":\"%s\",\"requirements\":[%s],\"contactBy\":\"%s\",\"allContactByOther\":\"no\"}",
        lease->id, home->where, lease->id, date_text(lease->from - pick(home->data, 21, 45)),
        purposes[home->type], home->type == BUSINESS_UNIT && chance(home->data, 50) ? "\"heavy-power\"" : "",
        chance(home->data, 92) ? "applicant" : "employer");
}

static void write_checks(const struct home *home, const struct lease *lease)
{
    struct data *data = home->data;
    static const char *const results[] = {
        "confirmed", "confirmed", "confirmed", "confirmed", "confirmed", "not-found", "not-done"};
    if (chance(data, 55))
        data_line(data, lease->by,
            "{\"kind\":\"identity-check\",\"sourceId\":\"%s-i\",%s,\"tenancy\":\"%s\",\"occurredOn\":\"%s\","
            "\"ground\":\"wet-goed-verhuurderschap\","
            "\"original\":\"shown\",\"method\":\"%s\",\"result\":\"passed\",\"inPerson\":\"yes\","
            "\"samePersonSigned\":\"yes\",\"samePersonKeys\":\"%s\"}",
            lease->id, home->where, lease->id, date_text(lease->from - pick(data, 4, 14)),
            chance(data, 60) ? "reader-app" : "trained-check", chance(data, 90) ? "yes" : "unknown");
    if (chance(data, 35))
        data_line(data, lease->by,
            "{\"kind\":\"document-check\",\"sourceId\":\"%s-d\",%s,\"tenancy\":\"%s\",\"occurredOn\":\"%s\","
            "\"ground\":\"wet-goed-verhuurderschap\","
            "\"document\":\"%s\",\"result\":\"%s\",\"independentContact\":\"yes\",\"attempts\":1}",
            lease->id, home->where, lease->id, date_text(lease->from - pick(data, 4, 14)),
            home->type <= ROOM ? "employer-statement" : "kvk-extract", ANY(data, results));
    if (chance(data, 55))
        data_line(data, lease->by,
            "{\"kind\":\"tenancy-event\",\"sourceId\":\"%s-k\",%s,\"tenancy\":\"%s\",\"occurredOn\":\"%s\","
            "\"ground\":\"legitimate-interest\","
            "\"event\":\"keys-handed-over\",\"sameAsScreened\":\"%s\",\"sameAsSigner\":\"yes\","
            "\"metInPerson\":\"%s\"}",
            lease->id, home->where, lease->id, date_text(lease->from), chance(data, 95) ? "yes" : "unknown",
            chance(data, 93) ? "yes" : "no");
}

static void write_payments(const struct home *home, const struct lease *lease)
{
    struct data *data = home->data;
    bool cash = chance(data, 4);
    int months = pick(data, 3, 8);
    pw_day last = lease->until;
    for (int i = months; i > 0; i--) {
        pw_day day = last - (pw_day)i * 30;
        if (day < lease->from)
            continue;
        data_line(data, lease->by,
            "{\"kind\":\"payment\",\"sourceId\":\"%s-p%d\",%s,\"tenancy\":\"%s\",\"occurredOn\":\"%s\","
            "\"ground\":\"legitimate-interest\","
            "\"method\":\"%s\",\"purpose\":\"rent\",\"amountEur\":%d,\"term\":\"%s\",\"payerIsTenant\":\"%"
            "s\"}",
            lease->id, i, home->where, lease->id, date_text(day), cash ? "cash" : "bank", lease->rent,
            month_text(day), chance(data, 97) ? "yes" : "unknown");
    }
}

static void write_landlord_check(const struct home *home, const struct lease *lease)
{
    struct data *data = home->data;
    pw_day day = lease->from + pick(data, 60, 200);
    if (day >= lease->until)
        return;
    data_line(data, lease->by,
        "{\"kind\":\"landlord-check\",\"sourceId\":\"%s-c\",%s,\"tenancy\":\"%s\",\"occurredOn\":\"%s\","
        "\"ground\":\"legitimate-interest\","
        "\"event\":\"held\",\"category\":\"%s\",\"allRooms\":true,\"announced\":true}",
        lease->id, home->where, lease->id, date_text(day), chance(data, 95) ? "nothing-found" : "other");
}

static void write_lease(const struct home *home, const struct lease *lease)
{
    struct data *data = home->data;
    bool company = home->type >= BUSINESS_UNIT && home->type <= OFFICE;
    pw_day signed_on = lease->from - pick(data, 3, 20);
    data_line(data, lease->by,
        "{\"kind\":\"registration\",\"sourceId\":\"%s\",%s,\"occurredOn\":\"%s\",\"ground\":\"wet-goed-"
        "verhuurderschap\",\"event\":\"started\","
        "\"lettingType\":\"%s\",\"startOn\":\"%s\",\"expectedMonths\":%d,\"rentEur\":%d,\"tenant\":{"
        "\"scheme\":\"source-local\",\"value\":\"h-%s\"},"
        "\"tenantKind\":\"%s\",\"writtenLease\":\"yes\",\"metInPerson\":\"%s\",\"utilityHolder\":\"%s\"%s}",
        lease->id, home->where, date_text(signed_on), types[home->type].letting, date_text(lease->from),
        chance(data, 70) ? 0 : 12, lease->rent, lease->id, company ? "company" : "person",
        chance(data, 94) ? "yes" : "unknown",
        home->type == ROOM || home->type == GARAGE_BOX ? "landlord" : "tenant",
        home->type == ROOM || home->type == GARAGE_BOX || home->type == HOLIDAY_UNIT ? ",\"allIn\":\"yes\""
                                                                                     : "");
    if (chance(data, 30))
        write_application(home, lease);
    write_checks(home, lease);
    if (chance(data, 16))
        write_payments(home, lease);
    if (chance(data, 16))
        write_landlord_check(home, lease);
    if (lease->ended)
        data_line(data, lease->by,
            "{\"kind\":\"registration\",\"sourceId\":\"%s-e\",%s,\"tenancy\":\"%s\",\"occurredOn\":\"%s\","
            "\"ground\":\"wet-goed-verhuurderschap\","
            "\"event\":\"ended\",\"lettingType\":\"%s\",\"rentEur\":%d,\"tenantKind\":\"%s\",\"endOn\":\"%"
            "s\",\"durationDays\":%d}",
            lease->id, home->where, lease->id, date_text(lease->until), types[home->type].letting,
            lease->rent, company ? "company" : "person", date_text(lease->until), lease->until - lease->from);
}

/* Leases one after another until today. */
static void write_leases(const struct home *home)
{
    struct data *data = home->data;
    pw_day today = data_today(data);
    enum sender by = home->type == DWELLING && chance(data, 18) ? AGENT : types[home->type].landlord;
    pw_day from = today - pick(data, 40, YEARS_OF_DAYS - 40);
    for (int i = 1; from < today - 30; i++) {
        struct lease lease = {.by = by,
            .from = from,
            .rent = types[home->type].rent + pick(data, 0, types[home->type].rent_more)};
        snprintf(lease.id, sizeof lease.id, "v%04d-%d", home->n, i);
        lease.until = from + pick(data, 240, 1400);
        lease.ended = lease.until < today - 10;
        if (!lease.ended)
            lease.until = today;
        write_lease(home, &lease);
        from = lease.until + pick(data, 20, 70);
    }
}

/* ---- what others see and keep ---- */

static void write_tip(const struct home *home, int i)
{
    struct data *data = home->data;
    static const char *const channels[] = {
        "municipality", "municipality", "mma", "police", "web", "web", "phone"};
    static const char *const categories[] = {"other", "other", "other", "subletting", "cameras",
        "windows-covered", "night-loading", "short-visits", "fan-pump-noise", "van-against-door",
        "smell-cannabis", "activity-while-vacant", "vehicle-parts"};
    char origin[80] = "";
    if (chance(data, 60))
        snprintf(origin, sizeof origin, ",\"origin\":{\"scheme\":\"phone\",\"value\":\"06%08d\"}",
            pick(data, 10000000, 99999999));
    data_line(data, TIP_LINE,
        "{\"kind\":\"tip\",\"sourceId\":\"v%04d-t%d\",%s,\"occurredOn\":\"%s\",\"ground\":\"public-task\","
        "\"channel\":\"%s\",\"category\":\"%s\"%s}",
        home->n, i, home->where, date_text(data_today(data) - pick(data, 5, YEARS_OF_DAYS)),
        ANY(data, channels), ANY(data, categories), origin);
}

static void write_inspection(const struct home *home)
{
    struct data *data = home->data;
    static const char *const categories[] = {"nothing-found", "nothing-found", "nothing-found",
        "nothing-found", "nothing-found", "other", "company-absent"};
    static const char *const kinds[] = {"outreach", "outreach", "address-check", "permit-check"};
    data_line(data, INSPECTION,
        "{\"kind\":\"inspection\",\"sourceId\":\"v%04d-v\",%s,\"occurredOn\":\"%s\",\"ground\":\"public-"
        "task\",\"authority\":\"municipality\","
        "\"visitKind\":\"%s\",\"category\":\"%s\",\"officeHours\":true}",
        home->n, home->where, date_text(data_today(data) - pick(data, 5, YEARS_OF_DAYS)), ANY(data, kinds),
        ANY(data, categories));
}

/* One register fact of the last `days` days; what differs by kind is in `fields`. */
static void write_register(const struct home *home, const char *kind, int days, const char *fields)
{
    struct data *data = home->data;
    data_line(data, REGISTERS,
        "{\"kind\":\"%s\",\"sourceId\":\"v%04d-%s-%u\",%s,\"occurredOn\":\"%s\",\"ground\":\"public-task\",%"
        "s}",
        kind, home->n, kind, data_count(data, REGISTERS), home->where,
        date_text(data_today(data) - pick(data, 2, days)), fields);
}

static void write_residents(const struct home *home)
{
    struct data *data = home->data;
    if (chance(data, 28))
        write_register(home, "register-check", 700, "\"check\":\"tenant-registered\",\"result\":\"match\"");
    else if (chance(data, 3))
        write_register(
            home, "register-check", 200, "\"check\":\"tenant-registered\",\"result\":\"mismatch\"");
    if (chance(data, 2))
        write_register(home, "register-check", 300,
            "\"check\":\"mail-returned\",\"result\":\"counted\",\"count\":2,\"distinctSources\":1,"
            "\"periodMonths\":6");
    if (chance(data, 2))
        write_register(home, "register-check", 500,
            "\"check\":\"departures-unknown\",\"result\":\"counted\",\"count\":1,\"periodMonths\":24");
    if (chance(data, 2))
        write_register(home, "register-check", 900,
            "\"check\":\"lawful-reason\",\"result\":\"match\",\"reason\":\"renovation\",\"seenByOfficial\":"
            "\"yes\"");
}

static void write_companies(const struct home *home)
{
    struct data *data = home->data;
    static const char *const events[] = {
        "moved-in", "moved-in", "founded", "moved-out", "director-changed", "activity-changed"};
    char fields[160];
    if (!chance(data, 60))
        return;
    snprintf(fields, sizeof fields,
        "\"event\":\"%s\",\"company\":{\"scheme\":\"kvk\",\"value\":\"9%07d\"},\"isTenant\":\"%s\"",
        ANY(data, events), pick(data, 0, 9999999), chance(data, 70) ? "yes" : "unknown");
    write_register(home, "company-event", 900, fields);
}

static void write_registers(const struct home *home)
{
    struct data *data = home->data;
    bool company = home->type >= BUSINESS_UNIT && home->type <= OFFICE;
    if (home->type <= ROOM)
        write_residents(home);
    if (company)
        write_companies(home);
    if (home->type == ROOM && chance(data, 60))
        write_register(
            home, "permit", 1000, "\"permit\":\"room-letting\",\"required\":\"yes\",\"held\":\"yes\"");
    if (home->type == HOLIDAY_UNIT && chance(data, 50))
        write_register(
            home, "permit", 1000, "\"permit\":\"tourist-letting\",\"required\":\"yes\",\"held\":\"yes\"");
    if (chance(data, 4))
        write_register(
            home, "ownership", YEARS_OF_DAYS, "\"event\":\"transferred\",\"priceChangePercent\":6");
    if (chance(data, 2))
        write_register(home, "vacancy", 900, "\"state\":\"declared-vacant\",\"activitySeen\":\"no\"");
}

/* Meters that stand in the landlord's name, and the few visits of operator and enforcement. */
static void write_supply(const struct home *home)
{
    struct data *data = home->data;
    bool landlord_pays = home->type == ROOM || home->type == GARAGE_BOX;
    if (landlord_pays && chance(data, 30))
        data_line(data, types[home->type].landlord,
            "{\"kind\":\"meter-reading\",\"sourceId\":\"v%04d-m\",%s,\"tenancy\":\"v%04d-1\",\"occurredOn\":"
            "\"%s\","
            "\"ground\":\"legitimate-interest\",\"medium\":\"electricity\",\"holderIsLandlord\":\"yes\","
            "\"percentOfBaseline\":%d,\"baselineMonths\":24,\"periods\":1,\"periodMonths\":1}",
            home->n, home->where, home->n, date_text(data_today(data) - pick(data, 10, 700)),
            pick(data, 70, 150));
    if (home->n % 80 == 7)
        data_line(data, GRID,
            "{\"kind\":\"utility\",\"sourceId\":\"v%04d-n\",%s,\"occurredOn\":\"%s\",\"ground\":\"utility-"
            "safety\","
            "\"finding\":\"%s\",\"ownTechnician\":true}",
            home->n, home->where, date_text(data_today(data) - pick(data, 10, 900)),
            home->n % 160 == 7 ? "nothing-found" : "connection-upgrade-requested");
    if (home->n % 200 == 11)
        data_line(data, ENFORCEMENT,
            "{\"kind\":\"enforcement\",\"sourceId\":\"v%04d-h\",%s,\"occurredOn\":\"%s\",\"ground\":\"public-"
            "task\","
            "\"measure\":\"warning\",\"final\":\"yes\"}",
            home->n, home->where, date_text(data_today(data) - pick(data, 200, 1000)));
}

static void write_home(const struct home *home)
{
    struct data *data = home->data;
    write_attributes(home);
    if (chance(data, types[home->type].rented))
        write_leases(home);
    write_registers(home);
    write_supply(home);
    if (chance(data, 11))
        write_tip(home, 1);
    if (chance(data, 1))
        write_tip(home, 2);
    if (chance(data, home->type <= ROOM ? 4 : 20))
        write_inspection(home);
}

void write_town(struct data *data)
{
    for (int i = 0; i < TOWN; i++) {
        struct home home = {.data = data, .n = i, .type = pick_type(data)};
        snprintf(home.where, sizeof home.where, "\"premises\":{\"bagId\":\"990101%010d\"}", i + 1);
        write_home(&home);
    }
}
