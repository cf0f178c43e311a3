package daemon

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Version is the version of the product, set when it is built.
var Version = "0.1.0"

// command is one run of the program, with its standard streams in fields so
// that tests can look at them.
type command struct {
	name           string   // base name shown in messages
	argv           []string // whole command line
	args           []string // options and arguments of this tool
	hooks          Hooks
	stdin          io.Reader
	stdout, stderr io.Writer
	terminal       bool // stderr is one: progress may be shown
}

// tools are the programs by the name behind "slap".
var tools = map[string]func(*command) int{
	"add": (*command).slapadd, "cat": (*command).slapcat, "index": (*command).slapindex,
	"passwd": (*command).slappasswd, "test": (*command).slaptest, "backup": (*command).slapbackup,
	"acl": (*command).slapacl, "auth": (*command).slapauth, "dn": (*command).slapdn,
	"modify": (*command).slapmodify, "schema": (*command).slapschema,
}

// Main runs slapid or, by the base name of args[0] or by a first option -T, one
// of its tools, and returns the exit status. args[0] is the program's name.
func Main(args []string, hooks Hooks) int {
	c := &command{argv: args, hooks: hooks, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, terminal: isTerminal(os.Stderr)}
	return c.dispatch()
}

func (c *command) dispatch() int {
	if len(c.argv) == 0 {
		c.argv = []string{"slapid"}
	}
	c.name, c.args = filepath.Base(c.argv[0]), c.argv[1:]
	tool := strings.TrimPrefix(c.name, "slap")
	if run := tools[tool]; run != nil && tool != c.name {
		return run(c)
	}
	if len(c.args) > 0 && strings.HasPrefix(c.args[0], "-T") {
		tool := c.args[0][2:]
		rest := c.args[1:]
		if tool == "" {
			if len(rest) == 0 {
				return c.usage("option requires an argument -- 'T'", serverUsage)
			}
			tool, rest = rest[0], rest[1:]
		}
		full := toolNamed(tool)
		if full == "" {
			fmt.Fprintf(c.stderr, "program name \"slap%s\" unrecognized; aborting...\n", tool)
			return 1
		}
		c.name, c.args = "slap"+full, rest
		return tools[full](c)
	}
	return c.slapid()
}

// toolNamed completes an abbreviated tool name.
func toolNamed(short string) string {
	short = strings.TrimPrefix(short, "slap")
	if short == "" {
		return ""
	}
	for _, full := range []string{"add", "cat", "index", "passwd", "test", "backup", "acl", "auth", "dn", "modify", "schema"} {
		if strings.HasPrefix(full, short) {
			return full
		}
	}
	return ""
}

// usage prints what is wrong, when anything is, and how the program is called.
func (c *command) usage(problem, text string) int {
	if problem != "" {
		fmt.Fprintf(c.stderr, "%s: %s\n", c.name, problem)
	}
	fmt.Fprintf(c.stderr, "usage: %s %s", c.name, text)
	if problem == "" {
		return 0
	}
	return 1
}

// fail prints an error with the program's name.
func (c *command) fail(format string, args ...any) int {
	fmt.Fprintf(c.stderr, "%s: %s\n", c.name, fmt.Sprintf(format, args...))
	return 1
}

func isTerminal(f *os.File) bool {
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0 && isTTY(f)
}
