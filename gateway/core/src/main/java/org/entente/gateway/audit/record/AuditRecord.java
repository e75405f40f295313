package org.entente.gateway.audit.record;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;

/**
 * The private part of a log entry, which only the agency sees: what happened, who caused it and on
 * what basis.
 *
 * <p>Holds facts about messages, never their content. At rest it is sealed; the log shows a
 * commitment to it.
 *
 * @param type what happened
 * @param category its legal category
 * @param at when, by this gateway's clock, from 1970 on; kept to the millisecond
 * @param actor who caused it
 * @param subject what it concerns
 * @param basis what permitted or refused it
 * @param outcome how it ended
 */
public record AuditRecord(
    AuditType type,
    LawCategory category,
    Instant at,
    AuditActor actor,
    AuditSubject subject,
    Basis basis,
    Outcome outcome) {

  /** Cuts the time to milliseconds. */
  public AuditRecord {
    if (at.isBefore(Instant.EPOCH)) {
      throw new InvalidValue("a record's time is 1970 or later", at.toString());
    }
    at = at.truncatedTo(ChronoUnit.MILLIS);
  }

  /** A record with a subject and neither policy nor refusal. */
  public static AuditRecord of(
      AuditType type, LawCategory category, Instant at, AuditActor actor, AuditSubject subject) {
    return new AuditRecord(type, category, at, actor, subject, Basis.NONE, Outcome.DONE);
  }

  /** A record of the node itself; a detail that is too long is cut. */
  public static AuditRecord ofNode(AuditType type, Instant at, AuditActor actor, String detail) {
    Outcome outcome = Outcome.cut("", detail);
    return new AuditRecord(
        type, LawCategory.NONE, at, actor, AuditSubject.NODE, Basis.NONE, outcome);
  }

  /** The same record with the agreement and policy version that decided. */
  public AuditRecord under(String agreement, String policyVersion) {
    Basis decided = new Basis(agreement, policyVersion);
    return new AuditRecord(type, category, at, actor, subject, decided, outcome);
  }

  /** The same record with a text that says what was done; one that is too long is cut. */
  public AuditRecord saying(String detail) {
    return new AuditRecord(type, category, at, actor, subject, basis, Outcome.cut("", detail));
  }

  /** The same record, ended by a refusal; a detail that is too long is cut. */
  public AuditRecord refused(Code code, String detail) {
    Outcome refusal = Outcome.cut(code.name(), detail);
    return new AuditRecord(type, category, at, actor, subject, basis, refusal);
  }

  /**
   * The policy decision behind the record.
   *
   * @param agreement id of the agreement, at most 100 characters; empty where none decided
   * @param policyVersion version that decided or came into force, at most 100 characters; empty
   *     where policy did not decide
   */
  public record Basis(String agreement, String policyVersion) {
    /** No policy decision. */
    public static final Basis NONE = new Basis("", "");

    /** Checks the lengths. */
    public Basis {
      RecordText.require("agreement", agreement, 0, 100);
      RecordText.require("policy version", policyVersion, 0, 100);
    }
  }

  /**
   * How it ended.
   *
   * @param code stable code of a refusal, at most 60 characters; empty for a success. Text, since a
   *     record outlives the release that wrote it
   * @param detail what was done, without message content, at most 500 characters; may be empty
   */
  public record Outcome(String code, String detail) {
    /** Success without a detail. */
    public static final Outcome DONE = new Outcome("", "");

    private static final int DETAIL = 500;

    /** Checks the lengths. */
    public Outcome {
      RecordText.require("code", code, 0, 60);
      RecordText.require("detail", detail, 0, DETAIL);
    }

    /** Cuts the detail: a long reason must not undo the change that it explains. */
    private static Outcome cut(String code, String detail) {
      return new Outcome(code, RecordText.cut(detail, DETAIL));
    }
  }
}
