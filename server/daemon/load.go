package daemon

import (
	"errors"
	"os"
	"path/filepath"

	"libslapi/server/config"
)

// Where the configuration is when the command line does not say.
const (
	DefaultConfDir  = "/etc/ldap/slapd.d"
	DefaultConfFile = "/etc/ldap/slapd.conf"
)

// source is where a configuration came from and where its changes go.
type source struct {
	cfg   *config.Config
	file  string // for config.TreeOptions
	whole bool
	write bool // -f and -F: the folder is to be written
}

// loadConfig reads the configuration as slapd(8) has it: -f file, -F folder, or
// with both the file, from which the folder is made anew. dry keeps the folder
// unwritten.
func loadConfig(file, dir string, dry bool) (*source, error) {
	if file == "" && dir == "" {
		if _, err := os.Stat(filepath.Join(DefaultConfDir, "cn=config.ldif")); err == nil {
			dir = DefaultConfDir
		} else {
			file = DefaultConfFile
		}
	}
	if file == "" {
		cfg, err := config.ParseDir(dir)
		if err != nil {
			return nil, err
		}
		return &source{cfg: cfg, file: filepath.Join(dir, "cn=config.ldif"), whole: true}, nil
	}
	cfg, err := config.ParseFile(file)
	if err != nil {
		return nil, err
	}
	if dir == "" {
		return &source{cfg: cfg, file: config.ChangesFile(file)}, nil
	}
	if st, err := os.Stat(dir); err != nil {
		return nil, err
	} else if !st.IsDir() {
		return nil, errors.New(dir + " is not a folder")
	}
	cfg.Dir = dir
	return &source{cfg: cfg, file: filepath.Join(dir, "cn=config.ldif"), whole: true, write: !dry}, nil
}

// settle brings a configuration to what the tree with its changes says, for
// tools, and writes the folder when that is wanted.
func (s *source) settle() (*config.Config, error) {
	t, err := config.NewTree(s.cfg, config.TreeOptions{File: s.file, Whole: s.whole})
	if err != nil {
		return nil, err
	}
	defer t.Close()
	if s.write {
		if err := t.Save(); err != nil {
			return nil, err
		}
	}
	return t.Config(), nil
}
