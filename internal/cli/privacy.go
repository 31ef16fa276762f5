package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"magicbutton/internal/agent"
	"magicbutton/internal/cx"
	"magicbutton/internal/demo"
	"magicbutton/internal/localsock"
	"magicbutton/internal/privacy"
	"magicbutton/store"
)

func newPrivacyCommand(env Env) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:     "privacy",
		GroupID: groupCare,
		Short:   "Say what is read, kept and seen on this desk, for whoever asks",
		Long: `Say what is read, kept and seen on this desk, for whoever asks: a rep, a works
council, a data protection officer. It is made from the configuration in force, the
database and the permissions of the files as they are now. Two prints with the same
SHA-256 say the same, dates and counts aside.`,
		Example: `  magicbutton privacy
  magicbutton privacy -o privacy.html`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := openPlace(env, cmd)
			if err != nil {
				return err
			}
			return runPrivacy(cmd.Context(), p, output)
		},
	}
	addDBFlag(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", "", "write it to this `FILE`, as a page for the browser (default: stdout, as text)")
	return cmd
}

func runPrivacy(ctx context.Context, p place, output string) error {
	facts, err := p.privacyFacts(ctx)
	if err != nil {
		return err
	}
	page := privacy.New(facts)
	if isStdout(output) {
		return writePrivacy(p.env.Stdout, page, styleOf(p.env))
	}
	if err := p.writeTo(output, page.WriteHTML); err != nil {
		return err
	}
	say(p.env.Stderr, "wrote what is read, kept and seen to %s", output)
	return nil
}

// privacyFacts looks at the place as it is.
func (p place) privacyFacts(ctx context.Context) (privacy.Facts, error) {
	f := privacy.Facts{
		Config: p.config, Database: fileFacts(p.db), Settings: fileFacts(p.config.Path), PageKey: fileFacts(agent.PageKeyFile(p.db)),
		Version: Version(), MadeAt: p.env.Now(),
	}
	socket, err := localsock.Path(p.db)
	if err != nil {
		return f, err
	}
	f.Socket = fileFacts(socket)
	if c, err := p.dial(ctx); errors.Is(err, localsock.ErrNobody) {
		f.Socket.Missing = true // what a killed agent left answers nobody
	} else if err == nil {
		err = c.Close()
		if err != nil {
			return f, err
		}
	}
	if folder := p.config.Share.Folder; folder != "" {
		if last := agent.LastShared(p.db, folder); last.File != "" {
			f.Copies = append(f.Copies, fileFacts(last.File))
		}
	}
	if f.Database.Missing {
		return f, nil
	}
	if err = p.whatItIs(ctx, &f); err == nil {
		f.Stored, err = p.countStored(ctx)
	}
	return f, err
}

// whatItIs asks the agent, whose database was not gathered, or the file.
func (p place) whatItIs(ctx context.Context, f *privacy.Facts) (err error) {
	c, st, err := p.open(ctx, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	if c != nil {
		defer closing(c.Close, &err)
		status, err := c.Status(ctx)
		f.Demo = status.Demo
		return err
	}
	defer closing(st.Close, &err)
	if f.Gathered, err = st.Merged(ctx); err != nil {
		return err
	}
	f.Demo, err = demo.Filled(ctx, st)
	return err
}

// countStored counts what the database has, by reading it.
func (p place) countStored(ctx context.Context) (s privacy.Stored, err error) {
	r, closeReader, err := p.reader(ctx)
	if err != nil {
		return s, err
	}
	defer closing(closeReader, &err)
	here := p.config.Desk
	desks, sites := make(map[string]bool), make(map[string]bool)
	for e, err := range r.Events(ctx, cx.EventQuery{Voided: true}) {
		if err != nil {
			return s, err
		}
		if s.Events == 0 {
			s.First = e.At()
		}
		s.Events++
		if e.Voided {
			s.Voided++
		}
		if e.Note != "" {
			s.Notes++
		}
		desks[e.Desk], sites[e.Site] = true, true
		if e.Desk == here.Name && e.Site == here.Site {
			s.Here++
		}
	}
	s.Desks, s.Sites = len(desks), len(sites)
	contacts, err := r.Contacts(ctx)
	if err != nil {
		return s, err
	}
	actions, err := r.Actions(ctx)
	s.Contacts, s.Actions = len(contacts), len(actions)
	return s, err
}

// fileFacts says who may open a file.
func fileFacts(path string) privacy.File {
	if path == "" {
		return privacy.File{}
	}
	if whole, err := filepath.Abs(path); err == nil {
		path = whole
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return privacy.File{Path: path, Missing: true}
	case err != nil:
		return privacy.File{Path: path, Access: fmt.Sprintf("Who may open it cannot be told from here: %v.", err)}
	}
	return privacy.File{Path: path, Access: accessText(info)}
}

// writePrivacy prints the page.
func writePrivacy(w io.Writer, page privacy.Page, s style) error {
	var out strings.Builder
	fmt.Fprintln(&out, s.show(bold, page.Heading()))
	fmt.Fprintln(&out, page.Made())
	fmt.Fprintln(&out)
	fmt.Fprintln(&out, wrap(page.Lead(), s.width(), ""))
	for _, section := range append(page.Sections, page.Now) {
		fmt.Fprintln(&out)
		fmt.Fprintln(&out, s.show(bold, section.Title))
		for _, t := range section.Statements {
			fmt.Fprintln(&out, "- "+wrap(t, s.width()-2, "  "))
		}
	}
	fmt.Fprintf(&out, "\nSHA-256 of all but %q: %s\n", page.Now.Title, page.SHA256())
	_, err := io.WriteString(w, out.String())
	return err
}
