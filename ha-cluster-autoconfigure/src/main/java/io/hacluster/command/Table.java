package io.hacluster.command;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes rows in columns that are as wide as they have to be. What comes from the store
 * cannot move the cursor of a terminal.
 */
final class Table {

	/**
	 * Stands where there is nothing.
	 */
	static final String NOTHING = "-";

	private static final String GAP = "  ";

	private final List<String[]> rows = new ArrayList<>();

	private final int[] widths;

	Table(String... headings) {
		this.widths = new int[headings.length];
		add(headings);
	}

	void add(String... cells) {
		String[] row = new String[this.widths.length];
		for (int i = 0; i < row.length; i++) {
			row[i] = cells[i].isEmpty() ? NOTHING : cells[i].replaceAll("\\p{Cntrl}", "?");
			this.widths[i] = Math.max(this.widths[i], row[i].length());
		}
		this.rows.add(row);
	}

	void print(PrintStream out) {
		for (String[] row : this.rows) {
			StringBuilder line = new StringBuilder();
			for (int i = 0; i < row.length; i++) {
				line.append(row[i]).append(" ".repeat(this.widths[i] - row[i].length())).append(GAP);
			}
			out.println(line.toString().stripTrailing());
		}
	}

}
