package config

import (
	"reflect"
	"strings"
	"testing"
)

func FuzzSplitWords(f *testing.F) {
	for _, s := range []string{`a "b c" d`, `\"`, `""`, `"a`, `a\`, "access to * by * read"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w, err := splitWords(s)
		if err != nil {
			return
		}
		if back, err := splitWords(quoteWords(w)); err != nil || len(w)+len(back) > 0 && !reflect.DeepEqual(w, back) {
			t.Errorf("%q: %q, then %q (%v)", s, w, back, err)
		}
	})
}

// A configuration that is taken makes a tree, and the entries of the tree are
// taken back.
func FuzzParse(f *testing.F) {
	f.Add(dcSchema + "loglevel stats\ndatabase mdb\nsuffix \"cn=x\"\nrootdn cn=a,cn=x\nrootpw x\ndirectory /d\nindex cn eq,sub\nlimits users size=1\n")
	f.Add("sizelimit size.soft=1 size.hard=unlimited\naccess to attrs=cn\n by self write\n by * read\ndatabase config\n")
	f.Add("plugin-options dialect=ibm name=x,y=\"z\nplugin object \"a b\" init \"\" c\\ d\ncompat 389ds\nrootdn cn=x\n")
	f.Add("database frontend\nreadonly on\ndatabase monitor\nbackend mdb\nidlexp 16\n")
	f.Fuzz(func(t *testing.T, text string) {
		low := strings.ToLower(text)
		for _, w := range []string{"include", "schemadir", "pluginldif", "rootdse", "tls"} {
			if strings.Contains(low, w) {
				return // reads other files
			}
		}
		cfg := New()
		p := &parser{cfg: cfg}
		if p.readFrom(strings.NewReader(text), "f") != nil || p.finish() != nil {
			return
		}
		tree, err := NewTree(cfg, TreeOptions{})
		if err != nil {
			t.Fatalf("no tree: %v\n%s", err, text)
		}
		s := tree.cur.Load()
		if _, _, err := cfg.globalOf(s.byNorm["cn=config"], s.byNorm["olcdatabase={-1}frontend,cn=config"]); err != nil {
			t.Errorf("cn=config is not taken back: %v\n%s", err, text)
		}
		for _, d := range cfg.Databases {
			if _, err := cfg.databaseOf(s.byNorm[d.entryNorm()], cfg.Frontend); err != nil {
				t.Errorf("%s is not taken back: %v\n%s", d.entryNorm(), err, text)
			}
		}
	})
}
