#!/bin/sh
# Plays whatever program a link to it is named after: writes down what it is told, and does what on/<name>-<word>-<word> or
# on/<name>-<word> says. One file for all, so that no test runs what another thread is still writing.
PATH=/usr/bin:/bin
name=$(basename "$0")
folder=$(dirname "$(dirname "$0")")
line=$name
for arg; do line="$line $arg"; done
printf '%s\n' "$(printf %s "$line" | tr '\n' '~')" >> "$folder/calls"
for on in "$name-$1-$2" "$name-$1"; do
    [ -f "$folder/on/$on" ] && exec sh "$folder/on/$on" "$@"
done
exit 0
