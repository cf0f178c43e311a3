package lint

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// declarations gives the functions that the header declares, with the text of
// the comment that stands directly before each.
func declarations(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../include/slapi-plugin.h")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	name := regexp.MustCompile(`(\w+) ?\(`)
	var comment, decl string
	inComment := false
	for _, line := range strings.Split(string(text), "\n") {
		s := strings.TrimSpace(line)
		switch {
		case decl == "" && (inComment || strings.HasPrefix(s, "/*")):
			if !inComment {
				comment = ""
			}
			comment += s
			inComment = !strings.HasSuffix(s, "*/")
			if strings.Contains(s, "--------") { // the title of a family
				comment = ""
			}
			continue
		case s == "":
			if decl == "" {
				comment = ""
			}
			continue
		case strings.HasPrefix(s, "#"), s == `extern "C" {`, decl == "" && s == "}":
			continue
		}
		decl += " " + s
		if !strings.HasSuffix(s, ";") || strings.Count(decl, "{") != strings.Count(decl, "}") {
			continue
		}
		if m := name.FindStringSubmatch(decl); m != nil && !strings.Contains(decl, "{") && !strings.HasPrefix(decl, " typedef") {
			if found[m[1]] == "" {
				found[m[1]] = comment
			}
		}
		decl, comment = "", ""
	}
	if len(found) < 700 {
		t.Fatalf("%d functions found in the header", len(found))
	}
	return found
}

// TestHeaderIsTheManual: every function of the header has a comment of its own.
func TestHeaderIsTheManual(t *testing.T) {
	t.Parallel()
	for f, comment := range declarations(t) {
		if len(comment) < len("/* LENT. */") {
			t.Errorf("%s has no comment", f)
		}
	}
}

// TestReferenceIsWhole: the pages made of the header have every function.
func TestReferenceIsWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if out, err := exec.Command("../../scripts/docs.sh", dir).CombinedOutput(); err != nil {
		t.Fatalf("docs.sh: %v %s", err, out)
	}
	pages, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil || len(pages) < 20 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	shown := map[string]bool{}
	for _, p := range pages {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(text), "\n") {
			if n, ok := strings.CutPrefix(line, "## "); ok {
				shown[n] = true
			}
		}
	}
	for f := range declarations(t) {
		if !shown[f] {
			t.Errorf("%s is in no page", f)
		}
	}
}
