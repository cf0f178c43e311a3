package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// command runs a shell command for each change and waits for it. The change is on
// its standard input as a line of JSON, and its main parts are in the
// environment. If it fails, the change counts as not taken.
type command struct {
	line           string
	stdout, stderr io.Writer
}

func (c *command) message(ch *change) ([]byte, error) { return (&jsonWriter{}).message(ch) }

func (c *command) deliver(line []byte) error {
	var ch change
	if err := json.Unmarshal(line, &ch); err != nil {
		return err
	}
	cmd := exec.Command("/bin/sh", "-c", c.line)
	cmd.Stdin = bytes.NewReader(line)
	cmd.Stdout, cmd.Stderr = c.stdout, c.stderr
	cmd.Env = append(os.Environ(), "SYNCREPL_EVENT="+ch.Event, "SYNCREPL_DN="+ch.DN, "SYNCREPL_OLD_DN="+ch.OldDN, "SYNCREPL_UUID="+ch.UUID)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("the command failed: %w", err)
	}
	return nil
}
