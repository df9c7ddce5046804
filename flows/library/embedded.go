package library

import (
	"embed"
	"fmt"

	"go.yaml.in/yaml/v4"
)

//go:embed places.yaml positions.yaml crafts.yaml products.yaml destinations.yaml
var files embed.FS

// decode reads one embedded file.
func decode(name string, into any) error {
	raw, err := files.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if err := yaml.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("decode %s: %w", name, err)
	}
	return nil
}
