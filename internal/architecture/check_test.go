package architecture_test

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strings"
)

// check returns what is wrong with the tree, one line for each fault.
func check(moduleName string, files []sourceFile) []string {
	var faults []string
	for _, file := range files {
		report := func(format string, args ...any) {
			faults = append(faults, file.name+": "+fmt.Sprintf(format, args...))
		}
		checkPlace(file, report)
		for _, name := range file.imports() {
			if own, ok := strings.CutPrefix(name, moduleName+"/"); ok {
				checkOwnImport(file, own, report)
			} else {
				checkModuleImport(file, name, report)
			}
		}
		if !file.test {
			checkSize(file, report)
		}
	}
	return faults
}

type reporter func(format string, args ...any)

// within tells whether a folder (or import path) is the given one or lies below it.
func within(folder, top string) bool {
	return folder == top || strings.HasPrefix(folder, top+"/")
}

// roomOf finds the room that a folder lies in, "" if it has none.
func roomOf(folder string) string {
	room := ""
	for candidate := range rooms {
		if within(folder, candidate) && len(candidate) > len(room) {
			room = candidate
		}
	}
	return room
}

// testRoomOf finds the test room that a folder lies in, "" if it has none.
func testRoomOf(folder string) string {
	for _, room := range testRooms {
		if within(folder, room) {
			return room
		}
	}
	return ""
}

func checkPlace(file sourceFile, report reporter) {
	if roomOf(file.folder) == "" && testRoomOf(file.folder) == "" {
		report("package %s has no place in the house: add its folder to the table of rooms in internal/architecture/rules_test.go and to docs/architecture.md, or move the code into a room that is there", file.folder)
	}
	name := strings.TrimSuffix(file.syntax.Name.Name, "_test")
	for _, vague := range []string{name, path.Base(file.folder)} {
		if slices.Contains(vagueNames, vague) {
			report("%q says nothing about what belongs in the package: name it after the noun it is about", vague)
			break
		}
	}
	base := strings.TrimSuffix(strings.TrimSuffix(path.Base(file.name), ".go"), "_test")
	for _, ending := range unconstrained {
		if strings.HasSuffix(base, "_"+ending) && !file.constrained() {
			report("_%s in a file's name is no build constraint: write a //go:build line", ending)
		}
	}
}

// checkOwnImport judges the import of one of the project's own packages.
func checkOwnImport(file sourceFile, imported string, report reporter) {
	forTests := testRoomOf(file.folder) != ""
	if testRoomOf(imported) != "" {
		if !file.test && !forTests {
			report("imports %s: it is for tests, and only _test.go files may", imported)
		}
		return
	}
	if forTests {
		return
	}
	from, to := roomOf(file.folder), roomOf(imported)
	if from == "" || to == "" || from == to {
		return // a package without a place is reported where its files are
	}
	if rooms[from] <= rooms[to] {
		report("imports %s: imports go down only (%s is on floor %d, %s on floor %d)", imported, from, rooms[from], to, rooms[to])
	}
	for _, s := range strangers {
		if from == s.from && to == s.to {
			report("imports %s: %s may not know %s: %s", imported, from, to, s.why)
		}
	}
}

// checkModuleImport judges the import of the standard library or another module.
func checkModuleImport(file sourceFile, imported string, report reporter) {
	host, _, _ := strings.Cut(imported, "/")
	if !strings.Contains(host, ".") {
		return // the standard library
	}
	for module, why := range banned {
		if within(imported, module) {
			report("imports %s: %s", imported, why)
		}
	}
	for module, room := range owners {
		if within(imported, module) && !within(file.folder, room) {
			report("imports %s: only %s may", imported, room)
		}
	}
	if file.test || testRoomOf(file.folder) != "" {
		return
	}
	for _, module := range testModules {
		if within(imported, module) {
			report("imports %s: it is for tests, and only _test.go files may", imported)
		}
	}
	for _, room := range standardOnly {
		if within(file.folder, room) {
			report("imports %s: %s imports the standard library only", imported, room)
		}
	}
}

func checkSize(file sourceFile, report reporter) {
	if file.lines > maxFileLines {
		report("%d lines, and at most %d are allowed: what is the second thing in it?", file.lines, maxFileLines)
	}
	for _, declaration := range file.syntax.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok {
			continue
		}
		first, last := file.fileset.Position(function.Pos()).Line, file.fileset.Position(function.End()).Line
		if lines := last - first; lines > maxFunctionLines {
			report("line %d: %s has %d lines, and at most %d are allowed", first, function.Name.Name, lines, maxFunctionLines)
		}
	}
}
