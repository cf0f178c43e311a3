package daemon

import (
	"fmt"
	"strings"
)

// option is one option letter given on a command line.
type option struct {
	letter byte
	value  string
}

// getopt reads a command line as getopt(3) does: letters that take a value are
// followed by ':' in spec; options end at "--" or at the first argument that is
// none. Long help options count as '?'.
func getopt(args []string, spec string) (list []option, rest []string, err error) {
	for i := 0; i < len(args); i++ {
		a := args[i]
		if a == "--help" {
			list = append(list, option{letter: '?'})
			continue
		}
		if a == "--" {
			return list, args[i+1:], nil
		}
		if len(a) < 2 || a[0] != '-' {
			return list, args[i:], nil
		}
		for j := 1; j < len(a); j++ {
			c := a[j]
			if c == '?' {
				list = append(list, option{letter: '?'})
				continue
			}
			at := strings.IndexByte(spec, c)
			if at < 0 || c == ':' {
				return list, nil, fmt.Errorf("invalid option -- '%c'", c)
			}
			if at+1 >= len(spec) || spec[at+1] != ':' {
				list = append(list, option{letter: c})
				continue
			}
			if j+1 < len(a) {
				list = append(list, option{c, a[j+1:]})
			} else if i+1 < len(args) {
				i++
				list = append(list, option{c, args[i]})
			} else {
				return list, nil, fmt.Errorf("option requires an argument -- '%c'", c)
			}
			break
		}
	}
	return list, nil, nil
}
