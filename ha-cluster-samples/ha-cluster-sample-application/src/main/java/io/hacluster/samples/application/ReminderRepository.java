package io.hacluster.samples.application;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

import org.springframework.stereotype.Repository;

/**
 * The reminders.
 */
@Repository
class ReminderRepository {

	private final ReminderDatabase database;

	ReminderRepository(ReminderDatabase database) {
		this.database = database;
	}

	/**
	 * Adds a reminder. When this returns it is committed.
	 * @param text what it says
	 * @param at when it is due
	 * @return the reminder
	 * @throws NotLeaderException if this node does not lead
	 */
	Reminder add(String text, Instant at) {
		Instant kept = at.truncatedTo(ChronoUnit.MILLIS);
		return this.database.write((jdbc) -> {
			long id = jdbc.sql("INSERT INTO reminder (text, at) VALUES (?, ?) RETURNING id")
				.params(text, kept.toEpochMilli())
				.query(Long.class)
				.single();
			return new Reminder(id, text, kept, null);
		});
	}

	/**
	 * Returns all reminders. On a follower, those that have arrived there.
	 * @return the reminders in the order of their numbers
	 */
	List<Reminder> findAll() {
		return this.database
			.read((jdbc) -> jdbc.sql("SELECT * FROM reminder ORDER BY id").query(ReminderRepository::reminder).list());
	}

	/**
	 * Returns those that are due and not yet sent.
	 * @param now the time
	 * @return a bounded number of them, the oldest first
	 * @throws NotLeaderException if this node does not lead
	 */
	List<Reminder> findDue(Instant now) {
		return this.database
			.write((jdbc) -> jdbc.sql("SELECT * FROM reminder WHERE sent_by IS NULL AND at <= ? ORDER BY at LIMIT 100")
				.param(now.toEpochMilli())
				.query(ReminderRepository::reminder)
				.list());
	}

	/**
	 * Notes that a reminder has been sent.
	 * @param id its number
	 * @param node who has sent it
	 * @throws NotLeaderException if this node does not lead
	 */
	void markSent(long id, String node) {
		this.database
			.write((jdbc) -> jdbc.sql("UPDATE reminder SET sent_by = ? WHERE id = ?").params(node, id).update());
	}

	private static Reminder reminder(ResultSet row, int number) throws SQLException {
		return new Reminder(row.getLong("id"), row.getString("text"), Instant.ofEpochMilli(row.getLong("at")),
				row.getString("sent_by"));
	}

}
