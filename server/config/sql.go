package config

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// SQL are the directives of a database sql.
type SQL struct {
	URL          string // dburi, a connection string of libpq
	PasswordFile string
	Tables       string
	Connections  int
	Poll, Keep   time.Duration
}

func init() {
	define("dburi", directive{scope: scopeSQL, min: 1, max: 1, args: "<postgres://... | key=value ...>", attr: "slapidSQLURI",
		run: setString(func(p *parser) *string { return &p.db.SQL.URL })})
	define("dbpasswordfile", directive{scope: scopeSQL, min: 1, max: 1, args: "<file>", attr: "slapidSQLPasswordFile",
		run: setString(func(p *parser) *string { return &p.db.SQL.PasswordFile })})
	define("dbschema", directive{scope: scopeSQL, min: 1, max: 1, args: "<schema>", attr: "slapidSQLSchema",
		run: func(p *parser, l *line) error {
			// The tables' names stand behind it in statements.
			if s := l.words[1]; s == "" || len(s) > 63 || strings.ContainsRune(s, 0) {
				return fmt.Errorf("%q is no name of an SQL schema", s)
			}
			p.db.SQL.Tables = l.words[1]
			return nil
		}})
	define("dbconnections", directive{scope: scopeSQL, min: 1, max: 1, args: "<number>", attr: "slapidSQLConnections",
		run: setInt(func(p *parser) *int { return &p.db.SQL.Connections }, 2, 10000)})
	define("dbpoll", directive{scope: scopeSQL, min: 1, max: 1, args: "<seconds>", attr: "slapidSQLPoll",
		run: setSeconds(func(p *parser) *time.Duration { return &p.db.SQL.Poll }, 10*time.Millisecond)})
	define("dbkeepchanges", directive{scope: scopeSQL, min: 1, max: 1, args: "<seconds>", attr: "slapidSQLKeepChanges",
		run: setSeconds(func(p *parser) *time.Duration { return &p.db.SQL.Keep }, 10*time.Second)})
}

// setSeconds reads a number of seconds, which may have a fraction.
func setSeconds(at func(p *parser) *time.Duration, least time.Duration) func(*parser, *line) error {
	return func(p *parser, l *line) error {
		f, err := strconv.ParseFloat(l.words[1], 64)
		d := time.Duration(f * float64(time.Second))
		if err != nil || d < least || d > 365*24*time.Hour {
			return fmt.Errorf("%q is not a number of seconds from %g on", l.words[1], least.Seconds())
		}
		*at(p) = d
		return nil
	}
}

// Password reads the password of the file; "" without one.
func (s *SQL) Password() (string, error) {
	if s.PasswordFile == "" {
		return "", nil
	}
	b, err := os.ReadFile(s.PasswordFile)
	return strings.TrimRight(string(b), "\r\n"), err
}
