# JSON of one kind: the same bytes for the same `kind`, `count` and `seed`.
# The generator is that of Park and Miller; its products stay below 2^53, so they are exact in every awk.

function random(below) {
    seed = (seed * 16807) % 2147483647
    return seed % below
}

function word(letters,   made) {
    while (letters-- > 0) made = made substr("etaoinshrdlucmfw", random(16) + 1, 1)
    return made
}

function text(words,   made) {
    made = word(2 + random(6))
    while (--words > 0) made = made (random(9) ? " " : "\\n\\\"\303\274\\u00e9 ") word(2 + random(6))
    return "\"" made "\""
}

function tags(count,   made) {
    while (count-- > 0) made = made (made == "" ? "" : ",") "\"" word(4) "\""
    return "[" made "]"
}

# One line of a log.
function event(id) {
    return sprintf("{\"id\":%d,\"level\":\"%s\",\"user\":{\"name\":\"%s\",\"tags\":%s},\"bytes\":%d,\"ok\":%s,\"message\":%s}", id,
        substr("infowarnfail", random(3) * 4 + 1, 4), word(5), tags(random(4)), random(100000), random(5) ? "true" : "false", text(3 + random(9)))
}

# An order with its items.
function order(id,   items, count) {
    for (count = 1 + random(8); count > 0; count--) {
        items = items (items == "" ? "" : ",\n") sprintf("      {\"sku\": \"%s-%d\", \"price\": %d.%02d, \"count\": %d}", word(3), random(100), random(200), random(100), 1 + random(9))
    }
    return sprintf("  {\n    \"id\": %d,\n    \"customer\": \"c%d\",\n    \"note\": %s,\n    \"items\": [\n%s\n    ]\n  }", id, random(60), text(5), items)
}

# What a station measured: numbers with exponents, and gaps.
function reading(id,   values, count) {
    for (count = 5 + random(30); count > 0; count--) {
        values = values (values == "" ? "" : ", ") (random(7) ? sprintf("%s%d.%de%d", random(3) ? "" : "-", random(1000), random(1000000), random(5)) : "null")
    }
    return sprintf("{\"station\": \"s-%d\", \"at\": [%d, %d], \"values\": [%s]}", random(40), random(180), random(90), values)
}

# Things by name, some of them deep.
function thing(id,   depth, made) {
    made = tags(1 + random(6))
    for (depth = random(6); depth > 0; depth--) made = "{\"" word(3) "\":" made ",\"weight\":" random(1000) "}"
    return sprintf("\"%s%d\":{\"title\":%s,\"kind\":\"k%d\",\"parts\":%s}", word(6), id, text(2 + random(5)), random(12), made)
}

BEGIN {
    if (kind == "events") for (at = 1; at <= count; at++) print event(at)
    if (kind == "readings") for (at = 1; at <= count; at++) print reading(at)
    if (kind == "orders") {
        print "["
        for (at = 1; at <= count; at++) print order(at) (at < count ? "," : "")
        print "]"
    }
    if (kind == "catalog") {
        printf "{"
        for (at = 1; at <= count; at++) printf "%s%s", thing(at), (at < count ? "," : "")
        print "}"
    }
}
