package lint

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// testsIn gives the tests of a folder with their comments, and all strings in
// its test files, which the names of subtests are among.
func testsIn(t *testing.T, dir string) (comments map[string]string, texts map[string]bool) {
	t.Helper()
	comments, texts = map[string]string{}, map[string]bool{}
	files, err := filepath.Glob(filepath.Join("../..", dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Recv == nil && strings.HasPrefix(n.Name.Name, "Test") {
					comments[n.Name.Name] = n.Doc.Text()
				}
			case *ast.BasicLit:
				if s, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
					texts[s] = true
				}
			}
			return true
		})
	}
	return comments, texts
}

// TestRFC4533: each demand in docs/rfc4533.md names a test that exists and whose
// comment names the section.
func TestRFC4533(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/rfc4533.md")
	if err != nil {
		t.Fatal(err)
	}
	type folder struct {
		comments map[string]string
		texts    map[string]bool
	}
	folders := map[string]folder{}
	named := regexp.MustCompile("`([a-z/]+)\\.(Test\\w+)(?:/([^`]+))?`")
	rows := map[string]int{}
	for n, line := range strings.Split(string(text), "\n") {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| section ") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), " | ")
		if len(cells) != 4 {
			t.Errorf("line %d has %d cells", n+1, len(cells))
			continue
		}
		section, who := strings.TrimSpace(cells[0]), cells[2]
		rows[section]++
		if who != "provider" && who != "consumer" && who != "easy client" {
			t.Errorf("line %d concerns %q", n+1, who)
		}
		tests := named.FindAllStringSubmatch(cells[3], -1)
		if len(tests) == 0 || strings.Count(cells[3], ".Test") != len(tests) {
			t.Errorf("line %d: %d tests can be read: %s", n+1, len(tests), cells[3])
		}
		for _, m := range tests {
			d, ok := folders[m[1]]
			if !ok {
				d.comments, d.texts = testsIn(t, m[1])
				folders[m[1]] = d
			}
			comment, ok := d.comments[m[2]]
			switch {
			case !ok:
				t.Errorf("line %d: there is no %s in %s", n+1, m[2], m[1])
			case m[3] != "" && !d.texts[m[3]]:
				t.Errorf("line %d: %s has no part %q", n+1, m[2], m[3])
			case !strings.Contains(comment, "RFC 4533") || !regexp.MustCompile(`\b`+regexp.QuoteMeta(section)+`\b`).MatchString(comment):
				t.Errorf("line %d: the comment of %s does not name RFC 4533 section %s", n+1, m[2], section)
			}
		}
	}
	// How many such sentences the sections have, those for two of us counted twice.
	for section, least := range map[string]int{"3.1": 4, "3.2": 2, "3.3.1": 3, "3.3.2": 1, "3.4.2": 6, "3.5.1": 1, "3.5.2": 3, "3.6": 2, "3.7": 2,
		"3.9": 1, "4.1": 1} {
		if rows[section] < least {
			t.Errorf("section %s: %d rows, there are %d demands", section, rows[section], least)
		}
	}
}
