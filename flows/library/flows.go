// Package library is the content that Maalem ships with: the built-in flows, and
// the places, crafts, products and destinations that typed text is matched with.
// It refuses to know how any of it is used. Its invariant: what is embedded
// decodes and compiles, or the program does not start.
package library

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"maalem/flows"
)

//go:embed flows/*.yaml
var flowFiles embed.FS

// Flows compiles every built-in flow. The error joins the problems of all files.
func Flows(texts flows.Texts) ([]*flows.Flow, error) {
	return compile(flowFiles, texts)
}

func compile(files fs.FS, texts flows.Texts) ([]*flows.Flow, error) {
	names, err := fs.Glob(files, "flows/*.yaml")
	if err != nil {
		return nil, err
	}
	var out []*flows.Flow
	var errs []error
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		src, err := flows.FromYAML(name, data, texts)
		if err == nil {
			var f *flows.Flow
			if f, err = flows.Compile(src); err == nil {
				out = append(out, f)
				continue
			}
		}
		errs = append(errs, fmt.Errorf("%s: %w", name, err))
	}
	return out, errors.Join(errs...)
}
