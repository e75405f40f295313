package org.entente.gateway.policy.terms;

import org.entente.proto.v1.Label;

/**
 * This agency's own retention limit for training traffic, sent and received. It only shortens the
 * agreement's retention. Actual traffic is unaffected.
 *
 * @param mostDays most days that training traffic is kept, 1 to 36,500
 */
public record ExerciseRetention(int mostDays) {
  /** No limit of its own: training traffic is kept for the agreement's retention. */
  public static final ExerciseRetention NONE = new ExerciseRetention(Agreement.MAX_RETENTION_DAYS);

  /** Accepts only what an agreement may state. */
  public ExerciseRetention {
    if (mostDays < 1 || mostDays > Agreement.MAX_RETENTION_DAYS) {
      throw new IllegalArgumentException(
          mostDays + " days; it must be from 1 to " + Agreement.MAX_RETENTION_DAYS);
    }
  }

  /** The retention in days of a message with this label, given the days granted. */
  public int of(Label label, int granted) {
    return Exercise.of(label) ? Math.min(granted, mostDays) : granted;
  }

  /** The agreement as it binds a message with this label. */
  public Agreement applied(Label label, Agreement agreement) {
    int granted = agreement.obligations().retentionDays();
    int days = of(label, granted);
    return days == granted ? agreement : agreement.keeping(days);
  }
}
