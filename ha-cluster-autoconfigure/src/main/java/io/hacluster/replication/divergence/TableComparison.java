package io.hacluster.replication.divergence;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The SQL that finds the rows of one table that differ. SQLite goes through the table
 * once and looks up the other versions of each row by their key, so that nothing is
 * collected in memory. Each result row tells where the three versions of the row are, by
 * the columns of their locators, and last whether there is a conflict.
 *
 * @param diverged the table on the diverged side
 * @param base the table as it was, null if it was not there
 * @param log the table in the log, null if it is not there
 * @param byKey whether rows are told apart by the primary key, otherwise by the rowid
 */
record TableComparison(TableShape diverged, @Nullable TableShape base, @Nullable TableShape log, boolean byKey) {

	private static final String NO = "0";

	/**
	 * Finds rows that were inserted or updated on the diverged side, and that the log
	 * does not have like that.
	 */
	String changed() {
		TableShape was = this.base;
		TableShape now = this.log;
		String unlikeBase = (was != null) ? "(NOT (" + was.present() + ") OR " + differs(this.diverged, was) + ")"
				: "1";
		String unlikeLog = (now != null) ? "(NOT (" + now.present() + ") OR " + differs(this.diverged, now) + ")" : "1";
		return select() + " FROM " + this.diverged.source() + join(was, this.diverged, "LEFT JOIN")
				+ join(now, this.diverged, "LEFT JOIN") + " WHERE " + unlikeBase + " AND " + unlikeLog;
	}

	/**
	 * Finds rows that were deleted on the diverged side, and that the log still has.
	 */
	@Nullable String deleted() {
		TableShape was = this.base;
		TableShape now = this.log;
		if (was == null || now == null) {
			return null;
		}
		return select() + " FROM " + was.source() + join(now, was, "JOIN") + join(this.diverged, was, "LEFT JOIN")
				+ " WHERE NOT (" + this.diverged.present() + ")";
	}

	private String select() {
		String locators = Stream.of(this.diverged, this.base, this.log)
			.filter(Objects::nonNull)
			.flatMap((shape) -> shape.locator().stream().map(shape::column))
			.collect(Collectors.joining(", "));
		return "SELECT " + locators + ", " + conflict();
	}

	private String conflict() {
		TableShape was = this.base;
		TableShape now = this.log;
		if (was == null || now == null) {
			return presence(was) + " <> " + presence(now);
		}
		return "CASE WHEN (" + was.present() + ") <> (" + now.present() + ") THEN 1 WHEN " + was.present() + " THEN "
				+ differs(was, now) + " ELSE 0 END";
	}

	private static String presence(@Nullable TableShape shape) {
		return (shape != null) ? "(" + shape.present() + ")" : NO;
	}

	private String join(@Nullable TableShape added, TableShape to, String kind) {
		if (added == null) {
			return "";
		}
		List<String> ours = columns(added);
		List<String> theirs = columns(to);
		return " " + kind + " " + added.source() + " ON "
				+ IntStream.range(0, ours.size())
					.mapToObj((i) -> to.column(theirs.get(i)) + " = " + added.column(ours.get(i)))
					.collect(Collectors.joining(" AND "));
	}

	private List<String> columns(TableShape shape) {
		return this.byKey ? shape.key() : shape.locator();
	}

	/**
	 * Whether two versions of a row differ in any column, to the byte: also where SQLite
	 * takes values for equal, as 1 and 1.0, or texts under a collation.
	 */
	private static String differs(TableShape one, TableShape other) {
		Set<String> columns = new LinkedHashSet<>(one.columns().keySet());
		columns.addAll(other.columns().keySet());
		List<String> terms = new ArrayList<>();
		for (String column : columns) {
			String left = one.value(column, other);
			String right = other.value(column, one);
			terms.add("typeof(" + left + ") IS NOT typeof(" + right + ") OR " + left + " IS NOT " + right
					+ " COLLATE BINARY");
		}
		return "(" + anyOf(terms) + ")";
	}

	/**
	 * SQLite bounds the depth of an expression: a table can have 2000 columns.
	 */
	private static String anyOf(List<String> terms) {
		if (terms.size() == 1) {
			return terms.get(0);
		}
		int middle = terms.size() / 2;
		return "(" + anyOf(terms.subList(0, middle)) + ") OR (" + anyOf(terms.subList(middle, terms.size())) + ")";
	}

}
