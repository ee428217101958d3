#!/bin/sh
# Plays whatever program a link to it is named after: writes down what it is told, and does what on/<name>-<word>-<word> or
# on/<name>-<word> says. One file for all, so that no test runs what another thread is still writing; no process of its own,
# since the tests run it a thousand times.
PATH=/usr/bin:/bin
name=${0##*/}
folder=${0%/bin/*}
line="$name $*"
newline='
'
while case $line in *"$newline"*) ;; *) false ;; esac; do
    line="${line%%"$newline"*}~${line#*"$newline"}"
done
printf '%s\n' "$line" >> "$folder/calls"
for on in "$name-$1-$2" "$name-$1"; do
    [ -f "$folder/on/$on" ] && exec sh "$folder/on/$on" "$@"
done
exit 0
