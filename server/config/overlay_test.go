package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const overlayConf = `
attributetype ( 2.5.4.31 NAME 'member' SUP distinguishedName )
objectclass ( 2.5.6.9 NAME 'groupOfNames' SUP top STRUCTURAL MUST ( member $ cn ) )
moduleload memberof
database mdb
suffix cn=x
directory /d
overlay syncprov
syncprov-sessionlog 50
overlay unique
unique_uri "strict ldap:///?cn?sub"
unique_uri ldap:///?sn?sub
overlay memberof
memberof-refint true
overlay refint
refint_attributes member
limits users size=3
`

// Overlays survive the way into a configuration folder and back.
func TestOverlays(t *testing.T) {
	c, err := ParseFile(write(t, "slapd.conf", strings.ReplaceAll(overlayConf, "sn?sub", "name?sub")))
	if err != nil {
		t.Fatal(err)
	}
	check := func(c *Config) {
		t.Helper()
		d := c.Databases[1]
		want := [][][]string{
			{{"unique_uri", "strict ldap:///?cn?sub"}, {"unique_uri", "ldap:///?name?sub"}},
			{{"memberof-refint", "true"}},
			{{"refint_attributes", "member"}},
		}
		if len(d.Overlays) != len(want) || d.Syncprov == nil {
			t.Fatalf("%d overlays", len(d.Overlays))
		}
		for i, o := range d.Overlays {
			var got [][]string
			for _, l := range o.Lines { // words that stood in quotes may come back as several
				got = append(got, []string{l[0], strings.Replace(strings.Join(l[1:], " "), "TRUE", "true", 1)})
			}
			if !reflect.DeepEqual(got, want[i]) {
				t.Errorf("%s: %q, want %q", o.Name, got, want[i])
			}
		}
	}
	check(c)
	dir := t.TempDir()
	tree, err := NewTree(c, TreeOptions{File: filepath.Join(dir, "cn=config.ldif"), Whole: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := tree.Save(); err != nil {
		t.Fatal(err)
	}
	tree.Close()
	c, err = ParseDir(dir)
	if err != nil {
		text, _ := os.ReadFile(filepath.Join(dir, "cn=config.ldif"))
		t.Fatalf("%v\n%s", err, text)
	}
	check(c)
	for _, l := range []struct{ lines, err string }{
		{"overlay unique\nunique_uri ldap:///?nosuch?sub\n", "unknown attribute"},
		{"overlay unique\nrefint_attributes member\n", "only allowed behind its overlay line"},
		{"overlay refint\nsyncprov-sessionlog 5\n", "only allowed behind its overlay line"},
	} {
		_, err := ParseFile(write(t, "bad.conf", "database mdb\nsuffix cn=x\ndirectory /d\n"+l.lines))
		if err == nil || !strings.Contains(err.Error(), l.err) {
			t.Errorf("%s: %v", l.lines, err)
		}
	}
}
