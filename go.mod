module magicbutton

go 1.26
