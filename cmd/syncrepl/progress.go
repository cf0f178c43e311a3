package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"libslapi/syncrepl"
)

// progress is the bar of a refresh. The total is not known, so it turns and
// counts. A nil one does nothing.
type progress struct {
	w    io.Writer
	bar  *progressbar.ProgressBar
	both bool // changes go to the same terminal
}

// newProgress returns nil if w is no terminal.
func newProgress(w io.Writer) *progress {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return &progress{w: w, both: term.IsTerminal(int(os.Stdout.Fd()))}
}

func (p *progress) show(n syncrepl.Progress) {
	if p == nil {
		return
	}
	if p.bar == nil {
		if n.Done {
			return
		}
		p.bar = progressbar.NewOptions(-1, progressbar.OptionSetWriter(p.w), progressbar.OptionSetDescription("refresh"),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("entries"),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	_ = p.bar.Set(n.Entries + n.Present + n.Deletes)
	if n.Done {
		_ = p.bar.Finish()
		p.bar = nil
	}
}

// pause takes the bar away before a line is written over it.
func (p *progress) pause() {
	if p != nil && p.bar != nil && p.both {
		_ = p.bar.Clear()
	}
}
