package plugin

import (
	"fmt"
	"sort"
	"strings"
)

// CallOrder returns the enabled specs as their hooks are called: by precedence,
// equal ones as configured.
func CallOrder(specs []Spec) []Spec {
	out := make([]Spec, 0, len(specs))
	for _, s := range specs {
		if s.Enabled && s.OnFailure != Off {
			out = append(out, s)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return precedence(out[i]) < precedence(out[j]) })
	return out
}

func precedence(s Spec) int {
	if s.Precedence == 0 {
		return 50
	}
	return s.Precedence
}

// builtinTypes are the plug-in types that the server itself provides, so that a
// dependency on one holds without a plug-in of that type.
var builtinTypes = map[string]bool{"database": true, "syntax": true, "matchingrule": true, "pwdstoragescheme": true}

// Order returns the enabled specs as they are started: every plug-in after all
// plug-ins of the types and names that it depends on, else as CallOrder has
// them. Closing is the reverse. A dependency that no enabled plug-in fills, or
// that leads back to the plug-in itself, is an error naming both ends.
func Order(specs []Spec) ([]Spec, error) {
	list := CallOrder(specs)
	byName := map[string]int{}
	byType := map[string][]int{}
	for i, s := range list {
		name := strings.ToLower(s.Name)
		if _, twice := byName[name]; !twice {
			byName[name] = i
		}
		typ := strings.ToLower(s.Type)
		byType[typ] = append(byType[typ], i)
	}
	needs := make([][]int, len(list))
	for i, s := range list {
		for _, typ := range s.DependsOnType {
			found := byType[strings.ToLower(typ)]
			if len(found) == 0 && !builtinTypes[strings.ToLower(typ)] {
				return nil, fmt.Errorf("%splug-in %q depends on type %q, of which none is enabled", where(s), s.Name, typ)
			}
			for _, j := range found {
				if j != i {
					needs[i] = append(needs[i], j)
				}
			}
		}
		for _, name := range s.DependsOnNamed {
			j, ok := byName[strings.ToLower(name)]
			if !ok {
				return nil, fmt.Errorf("%splug-in %q depends on plug-in %q, which is not enabled", where(s), s.Name, name)
			}
			needs[i] = append(needs[i], j)
		}
	}
	out := make([]Spec, 0, len(list))
	started := make([]bool, len(list))
	for len(out) < len(list) {
		next := -1
		for i := range list {
			if !started[i] && allStarted(needs[i], started) {
				next = i
				break
			}
		}
		if next < 0 {
			return nil, circular(list, needs, started)
		}
		started[next] = true
		out = append(out, list[next])
	}
	return out, nil
}

func allStarted(needs []int, started []bool) bool {
	for _, j := range needs {
		if !started[j] {
			return false
		}
	}
	return true
}

// circular names two neighbours of a ring of dependencies. Every plug-in that
// is not started waits for another such one, so walking on must meet itself.
func circular(list []Spec, needs [][]int, started []bool) error {
	waitsFor := func(i int) int {
		for _, j := range needs[i] {
			if !started[j] {
				return j
			}
		}
		return i
	}
	at := 0
	for started[at] {
		at++
	}
	seen := map[int]bool{}
	for !seen[at] {
		seen[at] = true
		at = waitsFor(at)
	}
	next := waitsFor(at)
	return fmt.Errorf("%splug-in %q and plug-in %q depend on each other", where(list[at]), list[at].Name, list[next].Name)
}

func where(s Spec) string {
	if s.Where == "" {
		return ""
	}
	return s.Where + ": "
}
