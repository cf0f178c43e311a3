package main

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"os"
)

// The directory that every server is loaded with: a suffix, ou=people, and
// people numbered from 0, each entry the same on every server and in every run.
const (
	suffix  = "dc=example,dc=com"
	people  = "ou=people," + suffix
	rootPW  = "secret"
	digits  = 7 // of the number in a person's uid
	maximum = 10_000_000
)

var (
	firstNames = []string{"Ada", "Alan", "Barbara", "Clara", "Donald", "Edsger", "Frances", "Grace", "Hedy", "Jean", "Ken", "Leslie", "Margaret", "Niklaus", "Radia", "Tim"}
	lastNames  = []string{"Abel", "Berg", "Castro", "Dumont", "Eriksen", "Fischer", "Garcia", "Haddad", "Ivanova", "Jansen", "Kowalski", "Lindgren", "Moreau", "Novak", "Okafor", "Petrov", "Quinn", "Rossi", "Schmidt", "Tanaka"}
	titles     = []string{"Engineer", "Analyst", "Accountant", "Librarian", "Gardener", "Physicist", "Editor"}
	cities     = []string{"Berlin", "Lagos", "Lima", "Osaka", "Oslo", "Pune", "Quito", "Turin"}
)

func uidOf(i int) string  { return fmt.Sprintf("user%0*d", digits, i) }
func dnOf(i int) string   { return "uid=" + uidOf(i) + "," + people }
func mailOf(i int) string { return uidOf(i) + "@example.com" }

// passwordOf is the clear password of a person.
func passwordOf(i int) string { return "pw" + uidOf(i) }

// pair is an attribute with one value.
type pair struct{ name, value string }

// person lists the attributes of a person as the LDIF file has them, without
// the password.
func person(i int) []pair {
	first, last := firstNames[i%len(firstNames)], lastNames[i/7%len(lastNames)]
	return []pair{
		{"objectClass", "top"}, {"objectClass", "person"}, {"objectClass", "organizationalPerson"}, {"objectClass", "inetOrgPerson"},
		{"uid", uidOf(i)},
		{"cn", fmt.Sprintf("%s %s %0*d", first, last, digits, i)},
		{"sn", last},
		{"givenName", first},
		{"mail", mailOf(i)},
		{"telephoneNumber", fmt.Sprintf("+49 30 %0*d", digits, i)},
		{"employeeNumber", fmt.Sprintf("%0*d", digits, i)},
		{"title", titles[i%len(titles)]},
		{"l", cities[i%len(cities)]},
		{"description", fmt.Sprintf("Person number %d of the benchmark", i)},
	}
}

// saltedHash is a password in {SSHA} form, which all the servers know.
func saltedHash(clear string, salt uint64) string {
	var s [8]byte
	binary.BigEndian.PutUint64(s[:], salt*0x9e3779b97f4a7c15+1)
	sum := sha1.Sum(append([]byte(clear), s[:]...))
	return "{SSHA}" + base64.StdEncoding.EncodeToString(append(sum[:], s[:]...))
}

// writeLDIF writes the directory with n people.
func writeLDIF(w io.Writer, n int) error {
	b := bufio.NewWriterSize(w, 1<<20)
	fmt.Fprintf(b, "dn: %s\nobjectClass: top\nobjectClass: domain\ndc: example\n\n", suffix)
	fmt.Fprintf(b, "dn: %s\nobjectClass: top\nobjectClass: organizationalUnit\nou: people\n\n", people)
	for i := range n {
		fmt.Fprintf(b, "dn: %s\n", dnOf(i))
		for _, p := range person(i) {
			fmt.Fprintf(b, "%s: %s\n", p.name, p.value)
		}
		fmt.Fprintf(b, "userPassword: %s\n\n", saltedHash(passwordOf(i), uint64(i)))
	}
	return b.Flush()
}

func writeLDIFFile(name string, n int) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := writeLDIF(f, n); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
