set -eu

# Pipelines of real processes
tail -n +2 moons.csv | sort -t, -k2 -rn > sorted.csv
head -n 1 sorted.csv | tr , :
echo "$(wc -l < sorted.csv) planets"

# Functions, arrays, arithmetic, patterns
declare -A moons
while IFS=, read -r planet count; do
  moons[$planet]=$count
done < <(tail -n +2 moons.csv)
for planet in "${!moons[@]}"; do
  [[ $planet == j* ]] && echo "$planet: ${moons[$planet]}"
done
echo "together: $((moons[earth] + moons[mars] + moons[jupiter]))"

# Here-documents, redirections
cat > notes.txt <<EOF
Written on a machine named $(uname -s)
by $(whoami) in $PWD
EOF
{ cat notes.txt; echo; date +%Y; } > all.txt 2>&1
echo "saved $(wc -l < all.txt) lines"

# Jobs, exit statuses, signals
sleep 0.2 &
wait $! && echo "the job ended"
(exit 3) || echo "exit status $?"
trap 'echo "caught INT"' INT
kill -INT $$
