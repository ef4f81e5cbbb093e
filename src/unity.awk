# Which sources of a layer can be compiled as one: prints "GROUP FILE" for each that shares a group with others.
# awk -v most=8 -f unity.awk FILE...
# What is private to a file (static functions and variables, types, macros) must not be a word of another one in its group, not
# even as a parameter: neither does the one change what the other means, nor is there a warning of what it hides.
function words(text, into,    word) {
    while (match(text, /[A-Za-z_][A-Za-z_0-9]*/)) {
        word = substr(text, RSTART, RLENGTH)
        into[word] = 1
        text = substr(text, RSTART + RLENGTH)
    }
}

# The name that a line at the left margin gives: the last word before what follows a name.
function named(line,    head) {
    gsub(/__attribute__\(\([^)]*\([^)]*\)\)\)/, "", line)
    gsub(/__attribute__\(\([^)]*\)\)/, "", line)
    while (match(line, /R\([a-z_0-9]+\)/)) {
        line = substr(line, 1, RSTART - 1) substr(line, RSTART + 2, RLENGTH - 3) substr(line, RSTART + RLENGTH)
    }
    head = line
    sub(/[(=;{\[].*/, "", head)
    sub(/[^A-Za-z_0-9]+$/, "", head)
    sub(/.*[^A-Za-z_0-9]/, "", head)
    return head
}

function private_names(file, line,    name) {
    if (line ~ /^ *# *define /) {
        sub(/^ *# *define +/, "", line)
        sub(/[^A-Za-z_0-9].*/, "", line)
        private[file, ++names[file]] = line
        alone[file] = alone[file] || line ~ /^_[A-Z]/ # what the headers of the system declare depends on it
    } else if (line ~ /^enum/ || constants) {
        constants = line !~ /}/
        split("", seen)
        words(line, seen)
        for (name in seen) {
            if (name !~ /^(enum|sizeof|real|float|double)$/ && name !~ /^rpe_/) {
                private[file, ++names[file]] = name
            }
        }
    } else if (line ~ /^[A-Za-z_}]/) {
        name = named(line ~ /^}/ ? substr(line, 2) : line)
        if (name != "" && name !~ /^(struct|union|rpe_.*)$/) {
            private[file, ++names[file]] = name
        }
    }
}

FNR == 1 {
    files[++count] = FILENAME
    comment = constants = 0
}

{
    line = $0
    if (comment) {
        if (!sub(/^.*\*\//, "", line)) {
            next
        }
        comment = 0
    }
    gsub(/"(\\.|[^"\\])*"/, "\"\"", line)
    gsub(/\/\/.*/, "", line)
    while (match(line, /\/\*/)) {
        rest = substr(line, RSTART + 2)
        line = substr(line, 1, RSTART - 1)
        if (!match(rest, /\*\//)) {
            comment = 1
            break
        }
        line = line " " substr(rest, RSTART + 2)
    }
    private_names(FILENAME, line)
    split("", seen)
    words(line, seen)
    for (word in seen) {
        used[FILENAME, word] = 1
    }
}

function apart(one, other,    n) {
    for (n = 1; n <= names[one]; n++) {
        if ((other, private[one, n]) in used) {
            return 0
        }
    }
    return 1
}

function fits(file, group,    n) {
    for (n = 1; n <= size[group]; n++) {
        if (!apart(file, member[group, n]) || !apart(member[group, n], file)) {
            return 0
        }
    }
    return size[group] < most
}

END {
    for (f = 1; f <= count; f++) {
        if (!alone[files[f]]) {
            for (g = 1; g <= groups && !fits(files[f], g);) {
                g++
            }
            groups = g > groups ? g : groups
            member[g, ++size[g]] = files[f]
        }
    }
    for (g = 1; g <= groups; g++) {
        for (n = 1; n <= size[g] && size[g] > 1; n++) {
            print g, member[g, n]
        }
    }
}
