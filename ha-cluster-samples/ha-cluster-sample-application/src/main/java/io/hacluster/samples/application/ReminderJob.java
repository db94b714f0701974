package io.hacluster.samples.application;

import java.time.Clock;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

import io.hacluster.Leadership;

/**
 * Sends reminders when they are due. It runs on every node, and works on the leader.
 * <p>
 * Each is sent at least once: a leader that dies between sending a reminder and shipping
 * the note of it leaves it to its successor.
 */
@Component
class ReminderJob {

	private static final Logger logger = LoggerFactory.getLogger(ReminderJob.class);

	private final Leadership leadership;

	private final ReminderRepository reminders;

	private final Clock clock;

	ReminderJob(Leadership leadership, ReminderRepository reminders, Clock clock) {
		this.leadership = leadership;
		this.reminders = reminders;
		this.clock = clock;
	}

	@Scheduled(fixedDelayString = "${reminders.interval}")
	void sendDue() {
		if (!this.leadership.isLeader()) {
			return;
		}
		try {
			this.reminders.findDue(this.clock.instant()).forEach(this::send);
		}
		catch (NotLeaderException ex) {
			// No longer: the next leader goes on.
		}
	}

	private void send(Reminder reminder) {
		// What cannot be taken back is asked for each time, not once for the batch.
		if (this.leadership.isLeader()) {
			logger.info("Reminder {}: {}", reminder.id(), reminder.text());
			this.reminders.markSent(reminder.id(), this.leadership.nodeId().value());
		}
	}

}
