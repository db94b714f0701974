package io.hacluster.replication.divergence;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.DivergedDatabase;
import io.hacluster.replication.divergence.RowDifference.Change;
import io.hacluster.replication.divergence.RowDifference.CutValue;

/**
 * Tells differences to people. Not thread-safe.
 */
public final class DiffText implements DiffListener {

	private final Appendable out;

	private boolean threeWay;

	private @Nullable String table;

	/**
	 * Creates a listener that writes lines.
	 * @param out where to
	 */
	public DiffText(Appendable out) {
		this.out = out;
	}

	@Override
	public void begin(DiffSubject subject) throws IOException {
		this.threeWay = subject.isThreeWay();
		line("file: " + subject.file());
		DivergedDatabase about = subject.about();
		if (about != null) {
			line("      set aside at " + about.time() + ", of epoch " + about.epoch());
			line("      because " + (about.reason().isEmpty() ? "of a reason that is not noted" : about.reason()));
		}
		line("log:  at transaction " + subject.logTxid());
		DivergedDatabase.Branch branch = (about != null) ? about.branch() : null;
		Long base = subject.baseTxid();
		if (base == null) {
			line("base: not known" + ((branch != null) ? ", since the log does not hold transaction " + branch.txid()
					: ", since it is not noted beside the file"));
			line("      All differences are listed, also what only the log has done.");
		}
		else if (branch != null && branch.txid() != base) {
			line("base: transaction " + base + "; both had transaction " + branch.txid()
					+ ", but the log does not lead there exactly any more");
			line("      Rows that were written in between and again since are listed, too.");
		}
		else {
			line("base: transaction " + base + ", the last that both have");
		}
	}

	@Override
	public void schema(SchemaDifference difference) throws IOException {
		line("");
		line(sign(difference.base(), difference.diverged()) + " " + difference.type() + " " + difference.name()
				+ (difference.conflict() ? "   CONFLICT: the log has changed it, too" : ""));
		version("base", difference.base());
		version("file", difference.diverged());
		version("log ", difference.log());
	}

	@Override
	public void skipped(String name, String reason) throws IOException {
		line("");
		line("table " + name + " is not compared: " + reason);
	}

	@Override
	public void row(RowDifference difference) throws IOException {
		if (!difference.table().equals(this.table)) {
			this.table = difference.table();
			line("");
			line("table " + difference.table());
		}
		String sign = (difference.change() == Change.INSERTED) ? "+"
				: (difference.change() == Change.DELETED) ? "-" : "~";
		line("  " + sign + " " + values(difference.key(), difference.key().keySet())
				+ (difference.conflict() ? "   CONFLICT: the log has changed it, too" : ""));
		Set<String> columns = columns(difference);
		if (this.threeWay) {
			line("      base: " + values(difference.base(), columns));
		}
		line("      file: " + values(difference.diverged(), columns));
		line("      log:  " + values(difference.log(), columns));
	}

	@Override
	public void end(DiffSummary summary) throws IOException {
		line("");
		if (summary.isEmpty()) {
			line(this.threeWay ? "Nothing was written to the file that the log does not have." : "No difference.");
		}
		else if (this.threeWay) {
			line(count(summary.rows(), "row") + " written to the file that the log does not have: " + summary.inserted()
					+ " inserted, " + summary.updated() + " updated, " + summary.deleted() + " deleted; "
					+ summary.conflicts() + " in conflict with the log");
		}
		else {
			line(count(summary.rows(), "row") + " differ: " + summary.inserted() + " only in the file, "
					+ summary.updated() + " in both, " + summary.deleted() + " only in the log");
		}
		if (summary.schema() > 0) {
			line(count(summary.schema(), "difference") + " in the schema");
		}
		if (summary.skipped() > 0) {
			line(count(summary.skipped(), "table") + " not compared");
		}
	}

	/**
	 * Of a row that all versions have, those columns that are not the same in all.
	 */
	private static Set<String> columns(RowDifference difference) {
		Map<String, @Nullable Object> own = difference.diverged();
		Map<String, @Nullable Object> other = (difference.log() != null) ? difference.log() : difference.base();
		Set<String> columns = new LinkedHashSet<>();
		for (Map<String, @Nullable Object> row : Arrays.asList(own, other, difference.base())) {
			if (row != null) {
				columns.addAll(row.keySet());
			}
		}
		if (own == null || other == null) {
			columns.removeAll(difference.key().keySet());
		}
		else {
			Map<String, @Nullable Object> base = (difference.base() != null) ? difference.base() : other;
			columns.removeIf((column) -> own.containsKey(column) && other.containsKey(column)
					&& base.containsKey(column) && Objects.deepEquals(own.get(column), other.get(column))
					&& Objects.deepEquals(own.get(column), base.get(column)));
		}
		return columns;
	}

	private static String values(@Nullable Map<String, @Nullable Object> row, Set<String> columns) {
		if (row == null) {
			return "no such row";
		}
		return columns.stream()
			.filter(row::containsKey)
			.map((column) -> column + "=" + value(row.get(column)))
			.collect(Collectors.joining(", "));
	}

	/**
	 * Writes a value as SQL does, so that it can be told from text and be copied.
	 */
	private static String value(@Nullable Object value) {
		if (value instanceof CutValue cut) {
			return value(cut.beginning()) + "... (" + cut.bytes() + " bytes)";
		}
		if (value instanceof byte[] bytes) {
			return "x'" + HexFormat.of().formatHex(bytes) + "'";
		}
		if (value instanceof String text) {
			String quoted = text.replace("'", "''");
			return quoted.chars().noneMatch(Character::isISOControl) ? "'" + quoted + "'"
					: "unistr('" + escaped(quoted.replace("\\", "\\\\")) + "')";
		}
		return (value != null) ? value.toString() : "NULL";
	}

	/**
	 * A value must not steer the terminal of the operator who reads it.
	 */
	private static String escaped(String text) {
		return text.chars()
			.mapToObj((c) -> Character.isISOControl(c) ? String.format("\\%04x", c) : Character.toString(c))
			.collect(Collectors.joining());
	}

	private static String sign(@Nullable String base, @Nullable String diverged) {
		if (diverged == null) {
			return "-";
		}
		return (base != null) ? "~" : "+";
	}

	private void version(String which, @Nullable String sql) throws IOException {
		if (sql != null) {
			line("      " + which + ": " + sql.replaceAll("\\s+", " "));
		}
	}

	private static String count(long number, String noun) {
		return number + " " + noun + ((number == 1) ? "" : "s");
	}

	private void line(String text) throws IOException {
		this.out.append(text).append('\n');
	}

}
