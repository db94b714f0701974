package io.hacluster.samples.application;

import java.time.Clock;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * The reminders over HTTP. A node that does not lead answers 503 to a new reminder and
 * names the leader.
 */
@RestController
@RequestMapping("/reminders")
class ReminderController {

	private static final int MAX_LENGTH = 1_000;

	private final ReminderRepository reminders;

	private final Clock clock;

	ReminderController(ReminderRepository reminders, Clock clock) {
		this.reminders = reminders;
		this.clock = clock;
	}

	@GetMapping
	List<Reminder> list() {
		return this.reminders.findAll();
	}

	@PostMapping
	@ResponseStatus(HttpStatus.CREATED)
	Reminder add(@RequestBody NewReminder reminder) {
		if (reminder.text() == null || reminder.text().isBlank() || reminder.text().length() > MAX_LENGTH) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"'text' must have 1 to " + MAX_LENGTH + " characters");
		}
		return this.reminders.add(reminder.text(), (reminder.at() != null) ? reminder.at() : this.clock.instant());
	}

	@ExceptionHandler
	ResponseEntity<ProblemDetail> answer(NotLeaderException ex) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, ex.getMessage());
		problem.setProperty("leader", ex.leader());
		return ResponseEntity.of(problem).header(HttpHeaders.RETRY_AFTER, "1").build();
	}

	/**
	 * What a client sends.
	 *
	 * @param text what the reminder says
	 * @param at when it is due, {@code null} for now
	 */
	record NewReminder(@Nullable String text, @Nullable Instant at) {
	}

}
