package config

import (
	"fmt"
	"strconv"
	"strings"
)

// Log levels of slapd.conf's loglevel and of -d, as bits.
const (
	LogTrace   = 0x1
	LogPackets = 0x2
	LogArgs    = 0x4
	LogConns   = 0x8
	LogBER     = 0x10
	LogFilter  = 0x20
	LogConfig  = 0x40
	LogACL     = 0x80
	LogStats   = 0x100
	LogStats2  = 0x200
	LogShell   = 0x400
	LogParse   = 0x800
	LogSync    = 0x4000
	LogNone    = 0x8000
	LogAny     = -1
)

// LogLevelName is one named level.
type LogLevelName struct {
	Name string
	Bit  int
}

// LogLevelNames are the named levels in the order in which -d ? lists them.
var LogLevelNames = []LogLevelName{
	{"Any", LogAny}, {"Trace", LogTrace}, {"Packets", LogPackets}, {"Args", LogArgs},
	{"Conns", LogConns}, {"BER", LogBER}, {"Filter", LogFilter}, {"Config", LogConfig},
	{"ACL", LogACL}, {"Stats", LogStats}, {"Stats2", LogStats2}, {"Shell", LogShell},
	{"Parse", LogParse}, {"Sync", LogSync}, {"None", LogNone},
}

// ParseLogLevel reads one level: a number (decimal, 0x hexadecimal, 0 octal,
// also negative) or a list of names parted by commas. Levels add up.
func ParseLogLevel(word string) (int, error) {
	level := 0
	for _, name := range strings.Split(word, ",") {
		if n, err := strconv.ParseInt(name, 0, 64); err == nil {
			level |= int(int32(n))
			continue
		}
		found := false
		for _, l := range LogLevelNames {
			if strings.EqualFold(l.Name, name) {
				level |= l.Bit
				found = true
			}
		}
		if !found {
			return 0, fmt.Errorf("unknown level %q", name)
		}
	}
	return level, nil
}
