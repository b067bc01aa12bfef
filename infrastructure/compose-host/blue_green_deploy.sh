#!/usr/bin/env bash
# Blue/green on one host: Docker Compose runs two colours of one service, nginx sends the traffic to one of them.
#
#   blue_green_deploy.sh [options] [deploy] <image>       repository@sha256:… (a tag is resolved to its digest)
#   blue_green_deploy.sh [options] rollback [<image>]     or a digest alone; without one: what ran before
#   blue_green_deploy.sh [options] status
#
#   --config <file>      settings, KEY=value; unless told otherwise blue_green_deploy.env beside this script
#   --expect <digests>   what has to be active, or nothing is changed: one of them, with commas between; "none": nothing runs yet
#
# Standard output is one line of JSON. Whatever is done is told on standard error, and kept under deploy-trace/.
# It may be killed at any point, and run again: the second run ends where the first would have ended.
# Exit codes: README.md, "Answers".
set -Eeuo pipefail
export LC_ALL=C TZ=UTC0

readonly OK=0 USAGE=2 CONFIGURATION=10 LOCKED=11 TAKEN_OVER=12 NO_SPACE=13 PULL=20 MIGRATION=21 START=22 UNHEALTHY=23
readonly NGINX=30 RELOAD=31 CHECK=32 STUCK=33 UNKNOWN_IMAGE=40 BROKEN=70 INTERRUPTED=71

declare -A word=(
  [$USAGE]=usage [$CONFIGURATION]=configuration [$LOCKED]=locked [$TAKEN_OVER]=taken-over [$NO_SPACE]=no-space [$PULL]=pull
  [$MIGRATION]=migration [$START]=start [$UNHEALTHY]=unhealthy [$NGINX]=nginx-configuration [$RELOAD]=nginx-reload [$CHECK]=check
  [$STUCK]=stuck [$UNKNOWN_IMAGE]=unknown-image [$BROKEN]=broken [$INTERRUPTED]=interrupted
)

# Every setting, with what it is unless told otherwise. A setting of another name is refused.
declare -A setting=(
  [DEPLOY_DIR]=/opt/staging # the state, the lock and the traces are here
  [COMPOSE_FILE]=''         # $DEPLOY_DIR/docker-compose.yml
  [COMPOSE_PROJECT]=''      # the name of $DEPLOY_DIR
  [NGINX_DIR]=''            # $DEPLOY_DIR/nginx: upstream.blue.conf, upstream.green.conf, active_upstream.conf
  [NGINX_SERVICE]=none      # the Compose service that nginx is; none: it runs on the host
  [NGINX_CONF]=''           # of `nginx -c`; nginx's own
  [MIGRATION_SERVICE]=migrate # the Compose service that migrates the database, and ends; none: there is nothing to migrate
  [MIGRATION_SECONDS]=1800
  [PULL_SECONDS]=600
  [HEALTH_SECONDS]=120
  [CHECK_URL]=http://127.0.0.1/health # asked through nginx
  [CHECK_ADDRESS]=''        # where CHECK_URL's host is reached: 127.0.0.1 for a name with a certificate
  [CHECK_HEADER]=X-Upstream-Colour # by which nginx says which colour it sends to
  [CHECK_SECONDS]=20
  [DRAIN_SECONDS]=30        # at most: until nginx's old workers have ended
  [STOP_SECONDS]=30         # between SIGTERM and SIGKILL
  [LOCK_SECONDS]=60
  [KEEP_TRACES]=200
)

command='' image='' destination='' config='' expected=()
phase=usage phase_began=0 seconds='' trace='' flipped_from='' told_nginx='' workers_before='' starting='' logs='' active='' idle='' previous='' digest_now=''
declare -A c_id c_image c_digest c_state c_health

# --- telling ---------------------------------------------------------------------------------------------------------

now() { printf '%(%Y-%m-%dT%H:%M:%SZ)T' -1; }

# A full disk must not stop what is under way.
log() {
  local line
  line="$(now) $phase: $*"
  printf '%s\n' "$line" >&2
  [[ -z $trace ]] || printf '%s\n' "$line" 2> /dev/null >> "$trace" || true
}

# Output of a command: the last 20 lines, to standard error and into the trace.
tell() {
  local line
  tail -n 20 | while IFS= read -r line; do log "| $line"; done
}

json() {
  local text=$1 control
  text=${text//\\/\\\\} text=${text//\"/\\\"} text=${text//$'\n'/\\n} text=${text//$'\t'/\\t} text=${text//$'\r'/}
  for control in {1..31} 127; do
    printf -v control '\\x%02x' "$control"
    printf -v control '%b' "$control"
    text=${text//"$control"/ }
  done
  # A byte that is no UTF-8 (a cut-off character, a binary log line) would make the line no JSON.
  printf '"%s"' "$(iconv -f UTF-8 -t UTF-8 -c <<< "$text")"
}

microseconds() { printf '%s' "${EPOCHREALTIME/[.,]/}"; }

begin() {
  end_phase
  phase=$1
  phase_began=$(microseconds)
}

end_phase() {
  [[ $phase_began != 0 ]] || return 0
  local took
  took=$(($(microseconds) - phase_began))
  seconds+="${seconds:+,}$(json "$phase"):$((took / 1000000)).$(printf '%03d' $((took / 1000 % 1000)))"
  phase_began=0
}

# result <what> <code> <message>: the one line of standard output.
result() {
  local what=$1 code=$2 message=$3 failed=null
  [[ $what != failed ]] || failed=$(json "$phase")
  printf '{"what":%s,"code":%s,"colour":%s,"digest":%s,"previous":%s,"image":%s,"phase":%s,"seconds":{%s},"message":%s,"logs":%s}\n' \
    "$(json "$what")" "$(json "$code")" "$(json "$active")" "$(json "$digest_now")" "$(json "$previous")" "$(json "$image")" \
    "$failed" "$seconds" "$(json "$message")" "$(json "$logs")"
}

# succeed <what> <message>
succeed() {
  end_phase
  log "$2"
  trap - EXIT ERR
  result "$1" 'done' "$2"
  exit "$OK"
}

# fail <exit code> <message>: puts back what was flipped, says what serves, and ends.
fail() {
  local code=$1 message=$2 serves
  trap - EXIT ERR TERM INT HUP
  set +e
  log "failed: $message"
  end_phase
  if [[ -n $starting ]]; then keep_logs "$starting"; fi
  if [[ -n $flipped_from ]] && ! flip_back; then
    code=$STUCK
    message="$message; and nginx could not be sent back to app_$flipped_from: look at nginx on the host"
  fi
  if [[ -n $starting ]]; then docker stop -t "${setting[STOP_SECONDS]}" "${c_id[$starting]}" > /dev/null 2>&1; fi
  serves=${active:+"; app_$active serves as before"}
  [[ $code != "$STUCK" && $code != "$USAGE" ]] || serves=''
  [[ -z $serves ]] || log "${serves#; }"
  result failed "${word[$code]}" "$message$serves"
  exit "$code"
}

# The last lines that a container has written.
keep_logs() {
  read_container "$1"
  [[ -n ${c_id[$1]} ]] || return 0
  logs=$(docker logs --tail 60 "${c_id[$1]}" 2>&1 | tail -c 3000)
  tell <<< "$logs"
}

# --- settings --------------------------------------------------------------------------------------------------------

read_arguments() {
  local more
  while (($# > 0)); do
    case $1 in
      --config)
        [[ -n ${2-} ]] || fail "$USAGE" '--config takes a file'
        config=$2
        shift
        ;;
      --expect)
        [[ ${2-none given} =~ ^((sha256:[0-9a-f]{64}|none),?)*$ ]] || fail "$USAGE" '--expect takes digests, with commas between'
        IFS=, read -ra more <<< "$2"
        expected+=("${more[@]}")
        shift
        ;;
      -*) fail "$USAGE" "there is no option $1: --config and --expect are known" ;;
      deploy | rollback | status) [[ -z $command ]] || fail "$USAGE" "$1 after $command"; command=$1 ;;
      *) [[ -z $image ]] || fail "$USAGE" "one image, not $image and $1"; image=$1 ;;
    esac
    shift
  done
  : "${command:=deploy}"
  [[ $command != deploy || -n $image ]] || fail "$USAGE" 'deploy takes an image'
  [[ $command != status || -z $image ]] || fail "$USAGE" 'status takes no image'
  [[ $image =~ ^[a-zA-Z0-9._:/@-]*$ ]] || fail "$USAGE" 'that is no name of an image'
}

read_settings() {
  local beside line key
  beside=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/blue_green_deploy.env
  if [[ -z $config && -e $beside ]]; then config=$beside; fi
  if [[ -n $config ]]; then
    [[ -r $config ]] || fail "$CONFIGURATION" "$config cannot be read"
    while IFS= read -r line || [[ -n $line ]]; do
      [[ $line =~ ^[[:space:]]*(#|$) ]] && continue
      key=${line%%=*}
      [[ $line == *=* && -v setting[$key] ]] || fail "$CONFIGURATION" "$config: there is no setting \"$key\"; known are ${!setting[*]}"
      setting[$key]=${line#*=}
    done < "$config"
  fi
  local directory=${setting[DEPLOY_DIR]}
  : "${setting[COMPOSE_FILE]:=$directory/docker-compose.yml}" "${setting[NGINX_DIR]:=$directory/nginx}"
  : "${setting[COMPOSE_PROJECT]:=$(basename "$directory" | tr '[:upper:]' '[:lower:]' | tr -cd 'a-z0-9_-')}"
  for key in "${!setting[@]}"; do
    [[ $key != *_SECONDS && $key != KEEP_TRACES || ${setting[$key]} =~ ^[0-9]+$ ]] || fail "$CONFIGURATION" "$key is a whole number, not \"${setting[$key]}\""
  done
}

find_tools() {
  local tool file
  for tool in docker curl flock iconv timeout; do
    command -v "$tool" > /dev/null || fail "$CONFIGURATION" "$tool is not installed on the host"
  done
  if docker compose version > /dev/null 2>&1; then
    COMPOSE=(docker compose)
  elif command -v docker-compose > /dev/null; then
    COMPOSE=(docker-compose)
  else
    fail "$CONFIGURATION" 'neither "docker compose" nor docker-compose is installed on the host'
  fi
  for file in "${setting[COMPOSE_FILE]}" "${setting[NGINX_DIR]}"/upstream.{blue,green}.conf; do
    [[ -r $file ]] || fail "$CONFIGURATION" "$file is not there"
  done
}

compose() { "${COMPOSE[@]}" -p "${setting[COMPOSE_PROJECT]}" -f "${setting[COMPOSE_FILE]}" "$@"; }

# In its container by Docker itself: Compose wants every image of its file named, and takes a second.
nginx_do() {
  local own=(${setting[NGINX_CONF]:+-c "${setting[NGINX_CONF]}"}) service=${setting[NGINX_SERVICE]} container
  if [[ $service == none ]]; then
    nginx "${own[@]}" "$@"
    return
  fi
  container=$(docker ps --quiet --filter "label=com.docker.compose.project=${setting[COMPOSE_PROJECT]}" \
    --filter "label=com.docker.compose.service=$service" --filter label=com.docker.compose.oneoff=False | head -n 1)
  if [[ -z $container ]]; then
    printf 'nginx: [emerg] no container of the Compose service "%s" runs\n' "$service" >&2
    return 1
  fi
  docker exec "$container" nginx "${own[@]}" "$@"
}

# --- files -----------------------------------------------------------------------------------------------------------

# The lock goes on to the commands that are run: if this script is killed, the next one waits until they have ended too.
take_lock() {
  begin lock
  exec 9>> "${setting[DEPLOY_DIR]}/deploy.lock" || fail "$NO_SPACE" "${setting[DEPLOY_DIR]}/deploy.lock cannot be written"
  flock --wait "${setting[LOCK_SECONDS]}" 9 ||
    fail "$LOCKED" "another deployment has held ${setting[DEPLOY_DIR]}/deploy.lock for ${setting[LOCK_SECONDS]} s; ask again when it has ended"
}

# Beside its destination first, and on the disk, so that the rest is a rename.
prepare_file() { printf '%s\n' "$2" > "$1.next" && sync "$1.next"; }
settle_file() { mv -T "$1.next" "$1" && sync "$(dirname "$1")"; }

state_of() { sed -n "s/^$1=//p" "${setting[DEPLOY_DIR]}/deploy-state" 2> /dev/null || true; }

open_trace() {
  local directory=${setting[DEPLOY_DIR]}/deploy-trace probe
  probe=$directory/.space
  mkdir -p "$directory" || fail "$NO_SPACE" "$directory cannot be made"
  # 64 KiB: a trace, the state and the last image have to fit.
  if ! head -c 65536 /dev/zero 2> /dev/null > "$probe" || ! sync "$probe"; then
    rm -f "$probe"
    fail "$NO_SPACE" "$directory has no room for 64 KiB: make room on the host's disk"
  fi
  rm -f "$probe"
  trace=$directory/$(printf '%(%Y%m%dT%H%M%SZ)T' -1)-$$-$command.log
  log "$command ${image:-(what ran before)}${expected[*]:+, expecting ${expected[*]}}"
  find "$directory" -name '*.log' -printf '%T@ %p\n' | sort -rn | tail -n "+$((setting[KEEP_TRACES] + 1))" | cut -d' ' -f2- | xargs -r rm -f
}

# --- what is so ------------------------------------------------------------------------------------------------------

other() { if [[ $1 == blue ]]; then printf green; else printf blue; fi; }

# By tag it was started by hand: its digest is what the registry called it.
digest_of() {
  local name=$1 id=$2
  if [[ $name != *@sha256:* ]]; then
    name=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$id" 2> /dev/null | head -n 1) || name=''
  fi
  [[ $name != *@* ]] || printf '%s' "${name##*@}"
}

read_container() {
  local colour=$1 found
  found=$(docker ps --all --quiet --no-trunc --filter "label=com.docker.compose.project=${setting[COMPOSE_PROJECT]}" \
    --filter "label=com.docker.compose.service=app_$colour" --filter label=com.docker.compose.oneoff=False | head -n 1)
  c_id[$colour]=$found c_image[$colour]='' c_digest[$colour]='' c_state[$colour]=absent c_health[$colour]=none
  [[ -n $found ]] || return 0
  local told
  told=$(docker inspect --format '{{.Config.Image}} {{.Image}} {{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}' "$found") || return 0
  local id
  read -r "c_image[$colour]" id "c_state[$colour]" "c_health[$colour]" <<< "$told"
  c_digest[$colour]=$(digest_of "${c_image[$colour]}" "$id")
}

link_path() { printf '%s/active_upstream.conf' "${setting[NGINX_DIR]}"; }

linked_colour() { readlink "$(link_path)" | sed -n 's/^\(.*\/\)\?upstream\.\(blue\|green\)\.conf$/\2/p' || true; }

# answer: "<status> <colour>" as nginx gives it now; empty if it does not answer.
answer() {
  local head to=(${setting[CHECK_ADDRESS]:+--connect-to "::${setting[CHECK_ADDRESS]}:"})
  head=$(curl --silent --max-time 5 --output /dev/null --dump-header - "${to[@]}" "${setting[CHECK_URL]}" | tr -d '\r') || return 0
  printf '%s %s' "$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' <<< "$head")" \
    "$(sed -n "s/^${setting[CHECK_HEADER]}: *//Ip" <<< "$head" | tail -n 1)"
}

# The colour that nginx has loaded: it may be another than the one that its file names, if nobody told it to reload.
loaded_colour() {
  local told
  told=$(answer)
  if [[ ${told#* } == blue || ${told#* } == green ]]; then printf '%s' "${told#* }"; fi
}

test_nginx() {
  local told
  if told=$(nginx_do -t 2>&1); then return 0; fi
  tell <<< "$told"
  told=$(grep -m 1 emerg <<< "$told") || told='nginx -t fails'
  printf '%s' "${told#*\] }"
  return 1
}

look() {
  local told linked recorded
  told=$(test_nginx) || fail "$NGINX" "nginx's configuration is broken: $told; correct it on the host"
  linked=$(linked_colour)
  [[ -n $linked ]] || fail "$CONFIGURATION" "$(link_path) is no link to upstream.blue.conf or upstream.green.conf"
  active=$(loaded_colour)
  [[ -n $active ]] || fail "$NGINX" "nginx does not answer ${setting[CHECK_URL]} with ${setting[CHECK_HEADER]}: start it, and add_header in its configuration"
  idle=$(other "$active")
  read_container blue
  read_container green
  digest_now=${c_digest[$active]}
  previous=${c_digest[$active]}
  recorded=$(state_of active)
  [[ -z $recorded || $recorded == "$active" ]] || log "the state file says $recorded, and nginx sends to $active: nginx is right"
  if [[ $linked != "$active" && $command != status ]]; then
    log "active_upstream.conf names $linked, and nginx was never told: it names $active again"
    link "$active"
  fi
}

expect_active() {
  local one
  ((${#expected[@]} > 0)) || return 0
  for one in "${expected[@]}" "$destination"; do
    [[ $one != "${digest_now:-none}" ]] || return 0
  done
  fail "$TAKEN_OVER" "${digest_now:-nothing} is active, and not ${expected[*]}: somebody else has changed it"
}

# --- steps -----------------------------------------------------------------------------------------------------------

# Sets `image` to name@digest, and `destination` to the digest. A digest alone is completed with a name that is known here.
resolve_image() {
  local known one
  if [[ $command == rollback && -z $image ]]; then image=${c_image[$idle]:-$(state_of "$idle")}; fi
  [[ -n $image ]] || fail "$UNKNOWN_IMAGE" 'there is nothing to go back to: no other colour was ever deployed'
  if [[ $image == sha256:* ]]; then
    for one in "${c_image[blue]}" "${c_image[green]}" "$(state_of blue)" "$(state_of green)"; do
      if [[ $one == *@* ]]; then known=${one%@*}; fi
      if [[ $one == *@"$image" ]]; then break; fi
    done
    [[ -n ${known:-} ]] || fail "$UNKNOWN_IMAGE" "it is not known where $image is pulled from: give it with its repository"
    image=$known@$image
  fi
  [[ $image == *@* ]] || return 0
  destination=${image##*@}
  [[ $destination =~ ^sha256:[0-9a-f]{64}$ ]] || fail "$USAGE" "\"$destination\" is no digest"
}

pull() {
  begin pull
  local told
  if [[ -n $destination ]] && docker image inspect "$image" > /dev/null 2>&1; then return 0; fi
  log "docker pull $image"
  told=$(timeout "${setting[PULL_SECONDS]}" docker pull --quiet "$image" 2>&1) ||
    fail "$PULL" "cannot pull $image: $(tail -n 1 <<< "$told"); push it, or let the host read that registry"
  [[ -z $destination ]] || return 0
  told=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$image" | grep -m 1 @) ||
    fail "$PULL" "$image has no digest: it was never pushed to a registry"
  log "$image is $told"
  image=$told destination=${told##*@}
}

# Both colours keep their images, whatever Compose is asked for.
export_images() {
  local colour
  for colour in blue green; do
    export "APP_${colour^^}_IMAGE=${c_image[$colour]:-$image}"
  done
  export "APP_${idle^^}_IMAGE=$image" APP_IMAGE=$image
}

# Once for each digest. The container is found again after a death, so that it is never run twice, nor two at a time.
migrate() {
  begin migrate
  local service=${setting[MIGRATION_SERVICE]} record name ran told code=0
  record=${setting[DEPLOY_DIR]}/migrated/${destination#sha256:}
  [[ $service != none ]] || return 0
  name=${setting[COMPOSE_PROJECT]}_${service}_blue_green
  ran=$(docker inspect --format '{{.Config.Image}}' "$name" 2> /dev/null) || ran=''
  if [[ -e $record ]]; then
    # A death after it was recorded leaves its container.
    [[ $ran != "$image" ]] || docker rm --force "$name" > /dev/null
    return 0
  fi
  mkdir -p "${setting[DEPLOY_DIR]}/migrated"
  prepare_file "$record" "$image" || fail "$NO_SPACE" "$record cannot be written"
  if [[ -n $ran ]]; then
    log "a migration of $ran was begun before: waiting for its end"
    code=$(wait_for_migration "$name")
    if [[ $ran != "$image" || $code != 0 ]]; then docker rm --force "$name" > /dev/null; ran=''; fi
  fi
  if [[ -z $ran ]]; then
    log "migrating by $service"
    if ! told=$(compose run -d --no-deps --name "$name" "$service" 2>&1); then
      [[ ! $told =~ [Nn]o\ such\ service ]] || fail "$CONFIGURATION" "${setting[COMPOSE_FILE]} has no service \"$service\": add it, or set MIGRATION_SERVICE=none"
      fail "$MIGRATION" "the migration cannot be started: $(tail -n 1 <<< "$told")"
    fi
    code=$(wait_for_migration "$name")
  fi
  logs=$(docker logs --tail 60 "$name" 2>&1 | tail -c 3000) || true
  tell <<< "$logs"
  if [[ $code == 0 ]]; then settle_file "$record"; fi
  docker rm --force "$name" > /dev/null
  [[ $code == 0 ]] || fail "$MIGRATION" "the migration of $image ended with exit code $code, and no traffic was moved"
  logs=''
}

wait_for_migration() { timeout "${setting[MIGRATION_SECONDS]}" docker wait "$1" || printf 'none after %s s' "${setting[MIGRATION_SECONDS]}"; }

# Brings the idle colour up with the image; one that is well already is left alone.
start_idle() {
  begin start
  local told
  starting=$idle
  if [[ ${c_image[$idle]} != "$image" || ${c_state[$idle]}/${c_health[$idle]} != running/healthy ]] && [[ -n ${c_id[$idle]} ]]; then
    log "removing app_$idle of ${c_image[$idle]}"
    docker rm --force "${c_id[$idle]}" > /dev/null || fail "$START" "app_$idle of before cannot be removed"
  fi
  log "starting app_$idle with $image"
  told=$(compose up -d --no-deps --no-build "app_$idle" 2>&1) || {
    tell <<< "$told"
    fail "$START" "app_$idle cannot be started: $(tail -n 1 <<< "$told")"
  }
}

# Of a container that was there before: nothing is made anew.
start_again() {
  begin start
  [[ ${c_state[$1]} == running ]] && return 0
  log "starting app_$1 again, with ${c_image[$1]}"
  docker start "${c_id[$1]}" > /dev/null || fail "$START" "app_$1 cannot be started again"
}

await_health() {
  begin health
  local colour=$1 until=$((SECONDS + setting[HEALTH_SECONDS]))
  while :; do
    read_container "$colour"
    case ${c_state[$colour]}/${c_health[$colour]} in
      running/healthy) break ;;
      */none) fail "$CONFIGURATION" "app_$colour has no healthcheck in ${setting[COMPOSE_FILE]}: let it ask /health" ;;
      running/unhealthy) fail "$UNHEALTHY" "app_$colour does not become healthy with $image" ;;
      exited/* | dead/* | absent/*) fail "$UNHEALTHY" "app_$colour has ended with $image" ;;
      *) ((SECONDS < until)) || fail "$UNHEALTHY" "app_$colour is ${c_state[$colour]}, ${c_health[$colour]} after ${setting[HEALTH_SECONDS]} s with $image" ;;
    esac
    sleep 0.2
  done
  log "app_$colour is healthy"
}

# The new link stands beside the old one, and takes its name in one step.
link() {
  local path
  path=$(link_path)
  rm -f "$path.next"
  ln -s "upstream.$1.conf" "$path.next" && mv -T "$path.next" "$path" && sync "$(dirname "$path")"
}

# What the state will be stands on the disk before anything is flipped: afterwards it is a rename, for which there is always room.
prepare_state() {
  local directory=${setting[DEPLOY_DIR]} text
  text="active=$1"$'\n'"$1=$image"$'\n'"$(other "$1")=${c_image[$(other "$1")]:-}"$'\n'"at=$(now)"
  if ! prepare_file "$directory/deploy-state" "$text" || ! prepare_file "$directory/deploy-trace/last-image" "$image"; then
    fail "$NO_SPACE" "$directory/deploy-state cannot be written: make room on the host's disk"
  fi
}

settle_state() {
  settle_file "${setting[DEPLOY_DIR]}/deploy-state"
  settle_file "${setting[DEPLOY_DIR]}/deploy-trace/last-image"
}

flip() {
  begin flip
  local colour=$1 told
  prepare_state "$colour"
  flipped_from=$active
  link "$colour" || fail "$NO_SPACE" "$(link_path) cannot be written"
  told=$(test_nginx) || fail "$NGINX" "nginx refuses upstream.$colour.conf: $told"
  workers_before=$(workers)
  told_nginx=yes
  told=$(nginx_do -s reload 2>&1) || fail "$RELOAD" "nginx does not reload: $(tail -n 1 <<< "$told")"
  log "nginx sends to app_$colour"
}

# Old workers answer for a moment longer: the new colour has to answer three times on end.
check() {
  begin check
  local colour=$1 until=$((SECONDS + setting[CHECK_SECONDS])) passed=0 told
  while ((passed < 3)); do
    told=$(answer)
    if [[ $told == 2??\ $colour ]]; then passed=$((passed + 1)); else passed=0; fi
    ((passed > 0 || SECONDS < until)) || fail "$CHECK" "${setting[CHECK_URL]} through nginx answers \"$told\", and not 2xx by $colour, after ${setting[CHECK_SECONDS]} s"
    ((passed > 0)) || sleep 0.1
  done
  log "app_$colour answers through nginx"
}

flip_back() {
  local was=$flipped_from until=$((SECONDS + setting[CHECK_SECONDS]))
  flipped_from=''
  log "back to app_$was"
  link "$was" || return 1
  if [[ -z $told_nginx ]]; then return 0; fi
  if ! test_nginx > /dev/null || ! nginx_do -s reload > /dev/null 2>&1; then return 1; fi
  # The first reload may be under way still, and would be seen only after this.
  sleep 1
  until [[ $(loaded_colour) == "$was" ]]; do
    ((SECONDS < until)) || return 1
    sleep 0.1
  done
}

# nginx's workers of every master on the host: "<pid> <parent>" in lines.
workers() {
  local file title pid parent
  for file in /proc/[0-9]*/cmdline; do
    { read -r -d '' title < "$file"; } 2> /dev/null || [[ -n ${title:-} ]] || continue
    [[ $title == 'nginx: worker process'* ]] || continue
    { read -r pid _ _ parent _ < "${file%cmdline}stat"; } 2> /dev/null || continue
    printf '%s %s\n' "$pid" "$parent"
  done
}

# Workers of before the flip, whose master has made new ones since: by their ids, since one that is busy has not heard of its end yet.
old_workers() {
  local now pid parent
  now=$(workers)
  while read -r pid parent; do
    [[ -n $pid ]] || continue
    if grep -qx "$pid $parent" <<< "$now" && grep -q " $parent$" <<< "$(grep -vxF "$workers_before" <<< "$now")"; then printf '%s ' "$pid"; fi
  done <<< "$workers_before"
}

# Requests that were begun before the flip are answered by the old colour, through workers that end with them.
drain() {
  begin drain
  local until=$((SECONDS + setting[DRAIN_SECONDS]))
  sleep 1
  while [[ -n $(old_workers) ]] || grep -qs 'nginx: worker process is shutting down' /proc/[0-9]*/cmdline; do
    ((SECONDS < until)) || { log "requests of before are still under way after ${setting[DRAIN_SECONDS]} s"; return 0; }
    sleep 0.2
  done
}

# Stopped, not removed: so that going back is a start. That it cannot be stopped takes nothing from what serves.
stop_colour() {
  [[ ${c_state[$1]} == running || ${c_state[$1]} == restarting ]] || return 0
  begin stop
  log "stopping app_$1"
  docker stop -t "${setting[STOP_SECONDS]}" "${c_id[$1]}" > /dev/null || log "app_$1 could not be stopped"
}

# --- commands --------------------------------------------------------------------------------------------------------

# From a healthy colour to the only one.
go_live() {
  flip "$1"
  check "$1"
  flipped_from='' starting=''
  settle_state
  idle=$active active=$1 digest_now=${c_digest[$1]}
  drain
  stop_colour "$idle"
}

# It is what serves already: whatever a run before this one left undone is done.
stay() {
  local was=${c_state[$active]}
  if [[ $was != running ]]; then start_again "$active"; fi
  await_health "$active"
  check "$active"
  if [[ $(state_of active) != "$active" || $(state_of "$active") != "$image" || ! -e ${setting[DEPLOY_DIR]}/deploy-trace/last-image ]]; then
    prepare_state "$active"
    settle_state
  fi
  if [[ ${c_state[$idle]} == running || ${c_state[$idle]} == restarting ]]; then drain; fi
  stop_colour "$idle"
  if [[ $was == running ]]; then succeed unchanged "app_$active runs $image already"; fi
  succeed started "app_$active runs $image again"
}

deploy() {
  begin preflight
  look
  resolve_image
  [[ -z $destination ]] || expect_active
  pull
  expect_active
  export_images
  if [[ $destination == "$digest_now" ]]; then stay; fi
  migrate
  start_idle
  await_health "$idle"
  go_live "$idle"
  succeed deployed "app_$active serves $image"
}

rollback() {
  begin preflight
  look
  resolve_image
  [[ -n $destination ]] || fail "$USAGE" 'rollback takes a digest, not a tag'
  expect_active
  if [[ $destination == "$digest_now" ]]; then stay; fi
  if [[ $destination == "${c_digest[$idle]}" ]]; then
    starting=$idle image=${c_image[$idle]}
    start_again "$idle"
  else
    log "no container of $destination is left: it is deployed again"
    pull
    export_images
    start_idle
  fi
  await_health "$idle"
  go_live "$idle"
  succeed rolled-back "app_$active serves $image again"
}

# The colour whose file says what nginx has read (`nginx -T`).
upstream_in_nginx() {
  local dump colour own
  dump=$(nginx_do -T 2> /dev/null | awk '/^# configuration file /{own = /active_upstream\.conf:$/} own && !/^# configuration file /') || return 0
  for colour in blue green; do
    own=$(grep -v '^ *\(#\|$\)' "${setting[NGINX_DIR]}/upstream.$colour.conf")
    if [[ -n $own && $(grep -v '^ *\(#\|$\)' <<< "$dump") == "$own" ]]; then printf '%s' "$colour"; fi
  done
}

container_json() {
  printf '{"digest":%s,"state":%s,"health":%s}' "$(json "${c_digest[$1]}")" "$(json "${c_state[$1]}")" "$(json "${c_health[$1]}")"
}

busy() { if (exec 9>> "${setting[DEPLOY_DIR]}/deploy.lock" && flock --nonblock 9) 2> /dev/null; then printf false; else printf true; fi; }

# Asked of nginx and of Docker; nothing is changed, and nothing is waited for.
status() {
  begin status
  local told
  active=$(loaded_colour)
  read_container blue
  read_container green
  [[ -z $active ]] || digest_now=${c_digest[$active]}
  told=$(answer)
  end_phase
  trap - EXIT ERR
  printf '{"what":"status","code":"done","colour":%s,"digest":%s,"image":%s,"upstream":%s,"linked":%s,"recorded":%s,"answers":%s,"busy":%s,"blue":%s,"green":%s}\n' \
    "$(json "$active")" "$(json "$digest_now")" "$(json "${c_image[${active:-blue}]}")" "$(json "$(upstream_in_nginx)")" "$(json "$(linked_colour)")" \
    "$(json "$(state_of active)")" "$(json "${told%% *}")" "$(busy)" "$(container_json blue)" "$(container_json green)"
}

# In a subshell a trap's output would be taken for the command's.
broken() {
  ((BASH_SUBSHELL == 0)) || exit "$1"
  fail "$BROKEN" "line $2: exit code $1"
}

main() {
  trap 'broken $? $LINENO' ERR
  trap 'fail "$INTERRUPTED" "it was told to end"' TERM INT HUP
  read_arguments "$@"
  read_settings
  find_tools
  if [[ $command == status ]]; then status; exit "$OK"; fi
  take_lock
  open_trace
  "$command"
}

main "$@"
