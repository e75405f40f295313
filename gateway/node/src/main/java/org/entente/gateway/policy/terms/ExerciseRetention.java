package org.entente.gateway.policy.terms;

import org.entente.proto.v1.Label;

/**
 * This agency's own rule for how long training traffic is kept: it shortens what the agreement
 * grants, of what this agency sends as of what it receives, and never lengthens it. Actual traffic
 * is none of its matter.
 *
 * @param mostDays days that training traffic is kept at most, 1 to 36,500
 */
public record ExerciseRetention(int mostDays) {
  /** No rule of its own: training traffic is kept as long as the agreement says. */
  public static final ExerciseRetention NONE = new ExerciseRetention(Agreement.MAX_RETENTION_DAYS);

  /** Only what an agreement may say, too. */
  public ExerciseRetention {
    if (mostDays < 1 || mostDays > Agreement.MAX_RETENTION_DAYS) {
      throw new IllegalArgumentException(
          mostDays + " days; it must be from 1 to " + Agreement.MAX_RETENTION_DAYS);
    }
  }

  /** The days that a message with this label is kept, of those that are granted for it. */
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
