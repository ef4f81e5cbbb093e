# What each layer may see: reads a line "LAYER DEPENDS..." for every layer, in the order of the list, then all sources, named
# from this folder.  Prints what is not allowed, and then fails.
# awk -f rooms.awk LAYERS FILE...
# 1. An include says in which folder the header is, seen from here: "position/kernel.h".
# 2. A source includes headers of its own layer and of those that it depends on, through others too.
# 3. Of another layer it sees what lies at the top of its folder; folders within a layer are the layer's own.
# 4. No header includes itself through others.
function layer_of(path,    folder) {
    for (folder = path; sub(/\/[^\/]*$/, "", folder);) {
        if (folder in layers) {
            return folder
        }
    }
    return ""
}

function complain(text) {
    print FILENAME ":" FNR ": " text
    complaints++
}

function circle(path, trail,    n, next_path) {
    state[path] = "open"
    for (n = 1; n <= included[path]; n++) {
        next_path = include[path, n]
        if (state[next_path] == "open") {
            print path ": a circle of headers: " trail " > " next_path
            complaints++
        } else if (state[next_path] == "") {
            circle(next_path, trail " > " next_path)
        }
    }
    state[path] = "closed"
}

FILENAME == ARGV[1] {
    layers[$1] = 1
    names = names " " $1
    sees[$1, $1] = 1
    for (field = 2; field <= NF; field++) {
        for (other in layers) {
            if ((($field, other) in sees)) {
                sees[$1, other] = 1
            }
        }
    }
    next
}

FNR == 1 {
    own = layer_of(FILENAME)
}

/^ *# *include "/ {
    split($0, parts, "\"")
    header = parts[2]
    if (header !~ /\// && header !~ /^rpe_revision\.h$|\.hpp$/) {
        complain("\"" header "\" is included without its folder")
        next
    }
    of = layer_of(header)
    if (of == "" || own == "") {
        next
    }
    if (!((own, of) in sees)) {
        complain(own " does not depend on " of ": \"" header "\"")
    } else if (of != own && substr(header, length(of) + 2) ~ /\//) {
        complain("\"" header "\" is " of "'s own: others see what lies at the top of " of)
    }
    if (FILENAME ~ /\.h$/) {
        include[FILENAME, ++included[FILENAME]] = header
    }
}

END {
    for (path in included) {
        if (state[path] == "") {
            circle(path, path)
        }
    }
    exit complaints > 0
}
