package io.hacluster.replication.divergence;

import java.io.IOException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.DivergedDatabase;
import io.hacluster.replication.divergence.RowDifference.CutValue;

/**
 * Tells differences to programs: one JSON object a line, of which {@code type} says what
 * it is. BLOBs are written as {@code {"blob":"<hex>"}}, values that are too long as
 * {@code {"cut":<beginning>,"bytes":<length>}}. Not thread-safe.
 */
public final class DiffJson implements DiffListener {

	private final Appendable out;

	/**
	 * Creates a listener that writes lines.
	 * @param out where to
	 */
	public DiffJson(Appendable out) {
		this.out = out;
	}

	@Override
	public void begin(DiffSubject subject) throws IOException {
		Map<String, @Nullable Object> line = line("comparison");
		line.put("file", subject.file().toString());
		DivergedDatabase about = subject.about();
		if (about != null) {
			DivergedDatabase.Branch branch = about.branch();
			line.put("time", about.time().toString());
			line.put("epoch", about.epoch().value());
			line.put("reason", about.reason());
			line.put("branch", (branch != null) ? branch.txid() : null);
		}
		line.put("base", subject.baseTxid());
		line.put("log", subject.logTxid());
		write(line);
	}

	@Override
	public void schema(SchemaDifference difference) throws IOException {
		Map<String, @Nullable Object> line = line("schema");
		line.put("object", difference.type());
		line.put("name", difference.name());
		line.put("conflict", difference.conflict());
		line.put("base", difference.base());
		line.put("file", difference.diverged());
		line.put("log", difference.log());
		write(line);
	}

	@Override
	public void skipped(String table, String reason) throws IOException {
		Map<String, @Nullable Object> line = line("skipped");
		line.put("table", table);
		line.put("reason", reason);
		write(line);
	}

	@Override
	public void row(RowDifference difference) throws IOException {
		Map<String, @Nullable Object> line = line("row");
		line.put("table", difference.table());
		line.put("change", difference.change().name().toLowerCase(Locale.ROOT));
		line.put("conflict", difference.conflict());
		line.put("key", difference.key());
		line.put("base", difference.base());
		line.put("file", difference.diverged());
		line.put("log", difference.log());
		write(line);
	}

	@Override
	public void end(DiffSummary summary) throws IOException {
		Map<String, @Nullable Object> line = line("summary");
		line.put("inserted", summary.inserted());
		line.put("updated", summary.updated());
		line.put("deleted", summary.deleted());
		line.put("conflicts", summary.conflicts());
		line.put("schema", summary.schema());
		line.put("skipped", summary.skipped());
		write(line);
	}

	private static Map<String, @Nullable Object> line(String type) {
		Map<String, @Nullable Object> line = new LinkedHashMap<>();
		line.put("type", type);
		return line;
	}

	private void write(Map<?, ?> line) throws IOException {
		StringBuilder text = new StringBuilder();
		append(text, line);
		this.out.append(text.append('\n'));
	}

	private static void append(StringBuilder text, @Nullable Object value) {
		if (value instanceof Map<?, ?> map) {
			String separator = "{";
			for (Map.Entry<?, ?> entry : map.entrySet()) {
				append(text.append(separator), String.valueOf(entry.getKey()));
				append(text.append(':'), entry.getValue());
				separator = ",";
			}
			text.append(map.isEmpty() ? "{}" : "}");
		}
		else if (value instanceof CutValue cut) {
			append(text.append("{\"cut\":"), cut.beginning());
			text.append(",\"bytes\":").append(cut.bytes()).append('}');
		}
		else if (value instanceof byte[] bytes) {
			text.append("{\"blob\":\"").append(HexFormat.of().formatHex(bytes)).append("\"}");
		}
		else if (value instanceof Double number && !Double.isFinite(number)) {
			text.append("{\"real\":\"").append(number).append("\"}");
		}
		else if (value instanceof String string) {
			appendString(text, string);
		}
		else {
			text.append(value);
		}
	}

	private static void appendString(StringBuilder text, String string) {
		text.append('"');
		for (int i = 0; i < string.length(); i++) {
			char c = string.charAt(i);
			if (c == '"' || c == '\\') {
				text.append('\\').append(c);
			}
			else if (Character.isISOControl(c) || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029') {
				text.append(String.format("\\u%04x", (int) c));
			}
			else {
				text.append(c);
			}
		}
		text.append('"');
	}

}
