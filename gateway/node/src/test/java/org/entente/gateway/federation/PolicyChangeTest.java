package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.node.doctor.ConfigurationCheck;
import org.entente.gateway.trust.AgencyKind;
import org.entente.gateway.trust.Member;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Severity;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The sender's policy changes while mail waits for a recipient that is away: what may not go any
 * more is not sent, the rest is. The recipient's own files stay as they were, so that whatever is
 * stopped, the sender's gateway has stopped.
 */
final class PolicyChangeTest {
  private static final Duration DEADLINE = Duration.ofDays(30);
  private static final String MEMBERS = "warning: policy: wrong under the present members";

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  @BeforeEach
  void start() throws IOException {
    Path config = federation.config(FR);
    Files.writeString(
        config,
        Files.readString(config)
            .replace(
                "{agreements: agreements}",
                "{agreements: agreements-of-fr, node_rules: rules-of-fr.yaml}"));
    Files.createDirectories(federation.folder().resolve("agreements-of-fr"));
    Files.copy(federation.folder().resolve("agreements").resolve("warnings.yaml"), agreement());
    Files.writeString(rules(), rule("no-drafts", "label.case_ref == 'never'"));
    federation.start(DE);
    federation.start(FR);
  }

  private Path agreement() {
    return federation.folder().resolve("agreements-of-fr").resolve("warnings.yaml");
  }

  private Path rules() {
    return federation.folder().resolve("rules-of-fr.yaml");
  }

  private static String rule(String id, String condition) {
    return """
    rules:
      - id: %s
        when: EGRESS
        deny_if: %s
        reason: not from here any more
    """
        .formatted(id, condition);
  }

  private void changeAgreement(String old, String changed) throws IOException {
    String text = Files.readString(agreement());
    assertTrue(text.contains(old), old);
    Files.writeString(agreement(), text.replace(old, changed));
  }

  private MessageId send(String headline, Severity severity) {
    return federation.send(
        FR,
        headline,
        DEADLINE,
        draft -> {
          draft.getLabelBuilder().setSeverity(severity);
          draft.getToBuilder().addAgencies(DE);
        });
  }

  private EvidenceItem stopped(MessageId message) {
    EvidenceItem told =
        federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, DE);
    assertEquals(FR, told.getAgency(), told::toString);
    return told;
  }

  @Test
  void agreement_thatEndsWhileMailIsQueued_withdrawsItWithEvidence() throws IOException {
    MessageId before = federation.send(FR, "before", DEADLINE, DE);
    federation.awaitEvidence(FR, before, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.stop(DE);
    MessageId queued = federation.send(FR, "queued", DEADLINE, DE);

    changeAgreement("  from: 2025-01-01\n", "  from: 2025-01-01\n  until: 2025-12-31\n");
    federation.doChores();
    federation.start(DE);

    EvidenceItem told = stopped(queued);
    assertEquals("AGREEMENT_ENDED", told.getCode(), told::toString);
    assertEquals(List.of("before"), RunningFederation.headlines(federation.receive(DE, 1)));
  }

  /** No header says how severe it is: the waiting labels are asked. */
  @Test
  void agreement_narrowedWhileMailIsQueued_stopsWhatItDoesNotCoverAnyMore_andNothingElse()
      throws IOException {
    federation.stop(DE);
    MessageId minor = send("minor", Severity.SEVERITY_MINOR);
    MessageId grave = send("grave", Severity.SEVERITY_EXTREME);

    changeAgreement(
        "  personal_data: false\n",
        "  personal_data: false\n  condition: label.severity == Severity.SEVERITY_EXTREME\n");
    federation.doChores();
    federation.start(DE);

    EvidenceItem told = stopped(minor);
    assertEquals("CONDITION_FALSE", told.getCode(), told::toString);
    assertTrue(
        told.getReason().startsWith("no longer permitted by warnings/condition: "), told::toString);
    federation.awaitEvidence(FR, grave, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    assertEquals(List.of("grave"), RunningFederation.headlines(federation.receive(DE, 1)));
  }

  @Test
  void nodeRule_addedWhileMailIsQueued_stopsWhatItRefuses() throws IOException {
    federation.stop(DE);
    MessageId minor = send("minor", Severity.SEVERITY_MINOR);
    MessageId grave = send("grave", Severity.SEVERITY_EXTREME);

    Files.writeString(rules(), rule("no-minor", "label.severity == Severity.SEVERITY_MINOR"));
    federation.doChores();
    federation.start(DE);

    EvidenceItem told = stopped(minor);
    assertEquals("NODE_RULE", told.getCode(), told::toString);
    assertTrue(told.getReason().contains("node/no-minor: not from here any more"), told::toString);
    federation.awaitEvidence(FR, grave, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
  }

  @Test
  void recipient_thatIsNoPartyAnyMore_isNotSentWhatWaits() throws IOException {
    federation.stop(DE);
    MessageId queued = federation.send(FR, "queued", DEADLINE, DE);

    changeAgreement(
        "    - all_members: true\n      among_themselves: true\n",
        "    - agency: fr.customs\n    - agency: sg.police\n");
    federation.doChores();
    federation.start(DE);

    EvidenceItem told = stopped(queued);
    assertEquals("AGREEMENT_ENDED", told.getCode(), told::toString);
    assertTrue(told.getReason().contains("warnings/between"), told::toString);
  }

  /** The audit log has room for 500 characters of a reason. */
  @Test
  void reason_ofManyParties_withdrawsWhatItConcerns_andHoldsBackNothingBehindIt()
      throws IOException {
    String other = Files.readString(agreement()).replace("id: warnings", "id: others");
    Files.writeString(agreement().resolveSibling("others.yaml"), other);
    Files.writeString(federation.folder().resolve("agreements").resolve("others.yaml"), other);
    federation.doChores();
    federation.stop(DE);
    MessageId queued = sendUnder("warnings", "queued");
    MessageId behind = sendUnder("others", "behind");

    changeAgreement(
        "    - all_members: true\n      among_themselves: true\n",
        "    - agency: fr.customs\n"
            + IntStream.range(0, 60)
                .mapToObj("    - agency: fr.customs-office-%02d\n"::formatted)
                .collect(Collectors.joining()));
    federation.doChores();
    federation.start(DE);

    federation.awaitEvidence(FR, behind, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    EvidenceItem told = stopped(queued);
    assertEquals("AGREEMENT_ENDED", told.getCode(), told::toString);
    assertTrue(told.getReason().contains("warnings/between"), told::toString);
    assertEquals(500, told.getReason().length(), told::toString);
  }

  private MessageId sendUnder(String agreement, String headline) {
    return federation.send(
        FR,
        headline,
        DEADLINE,
        draft -> {
          draft.getLabelBuilder().setAgreement(agreement);
          draft.getToBuilder().addAgencies(DE);
        });
  }

  /** The files change while the sender's gateway is down: nothing in memory says so. */
  @Test
  void policy_changedOverARestart_countsForWhatWaits() throws IOException {
    federation.stop(DE);
    MessageId minor = send("minor", Severity.SEVERITY_MINOR);
    MessageId grave = send("grave", Severity.SEVERITY_EXTREME);
    federation.stop(FR);

    Files.writeString(rules(), rule("no-minor", "label.severity == Severity.SEVERITY_MINOR"));
    federation.clock.move(Duration.ofSeconds(1));
    federation.start(FR);
    federation.start(DE);

    assertEquals("NODE_RULE", stopped(minor).getCode());
    federation.awaitEvidence(FR, grave, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    assertEquals(List.of("grave"), RunningFederation.headlines(federation.receive(DE, 1)));
  }

  @Test
  void files_thatAreWrong_leaveTheRulesInForce_andWarnUntilTheyAreMended() throws IOException {
    assertRefused(federation, false);
    String good = Files.readString(agreement());

    Files.writeString(agreement(), good.replace("retention_days", "retention_weeks"));
    federation.doChores();

    assertRefused(federation, true);
    federation.send(FR, "under the rules of before", DEADLINE, DE);
    assertEquals(1, federation.receive(DE, 1).size());

    Files.writeString(agreement(), good + "\n");
    federation.doChores();

    assertRefused(federation, false);

    Path away = federation.folder().resolve("agreements-away");
    Files.move(agreement().getParent(), away);
    federation.doChores();

    assertRefused(federation, true);

    Files.move(away, agreement().getParent());
    federation.doChores();

    assertRefused(federation, false);
  }

  /** The files of a change come before the bundle of the same change, which founds the group. */
  @Test
  void unknownGroup_hasNoMemberAndIsWarnedOf_untilABundleFoundsIt() throws IOException {
    changeAgreement(
        "      among_themselves: true\n", "      among_themselves: true\n    - group: OAS\n");
    changeAgreement("  from: 2025-01-01", "  from: 2098-01-01");
    federation.doChores();

    assertRefused(federation, false);
    String ready = federation.scrape(FR, "readyz");
    assertTrue(ready.contains(MEMBERS) && ready.contains("unknown group \"OAS\""), ready);
    Outcome outcome = federation.publish(FR, federation.draft("after", DEADLINE, DE));
    assertEquals("NO_AGREEMENT", outcome.getRefused().getRefusals(0).getCode(), outcome::toString);

    federation.files().foundGroup("OAS", "US");
    awaitWarning(false);
  }

  /** An agency chooses its kind when it asks to join; it must not keep the others from starting. */
  @Test
  void policeThatJoin_areRefusedWithoutAChangeOfPurpose_andKeepNoGatewayFromStarting()
      throws IOException {
    federation.stop(FR);
    is(SG, AgencyKind.OTHER);
    changeAgreement("  purpose_change: true\n", "");
    federation.start(FR);
    awaitWarning(false);

    is(SG, AgencyKind.POLICE);
    awaitWarning(true);
    federation.stop(FR);
    federation.start(FR);

    awaitWarning(true);
    String ready = federation.scrape(FR, "readyz");
    assertTrue(ready.contains("customs may share with police (sg.police)"), ready);
    String problems = ConfigurationCheck.problems(federation.config(FR), federation.clock) + "";
    assertTrue(problems.contains("law.purpose_change: customs may share"), problems);
    Outcome outcome = federation.publish(FR, federation.draft("to police", DEADLINE, SG));
    assertEquals("warnings/purpose_change", outcome.getRefused().getRefusals(0).getRule(), ready);
    federation.send(FR, "to customs", DEADLINE, DE);
    assertEquals(List.of("to customs"), RunningFederation.headlines(federation.receive(DE, 1)));
  }

  private void is(String agency, AgencyKind kind) throws IOException {
    federation
        .files()
        .publishBundle(
            member ->
                member.name().value().equals(agency)
                    ? new Member(
                        member.name(),
                        member.jurisdiction(),
                        kind,
                        member.roles(),
                        member.authorities(),
                        member.signing(),
                        member.audit(),
                        member.endpoints(),
                        member.via(),
                        member.revoked())
                    : member);
  }

  private void awaitWarning(boolean warns) {
    federation.await(
        "a warning of members: " + warns,
        () -> federation.scrape(FR, "readyz").contains(MEMBERS) == warns);
  }

  /** A file that is written over, and whose time is set back by whoever copies files. */
  @Test
  void file_ofTheSameSizeAndTime_isTakenUp() throws IOException {
    FileTime before = Files.getLastModifiedTime(agreement());
    federation.send(FR, "before", DEADLINE, DE);

    changeAgreement("  from: 2025-01-01", "  from: 2098-01-01");
    Files.setLastModifiedTime(agreement(), before);
    federation.doChores();

    Outcome outcome = federation.publish(FR, federation.draft("after", DEADLINE, DE));
    assertEquals("NO_AGREEMENT", outcome.getRefused().getRefusals(0).getCode(), outcome::toString);
  }

  /**
   * A folder whose files have the size and the time of those of before, as a package lays them
   * down: where the link leads tells them apart.
   */
  @Test
  void link_movedToFilesOfTheSameSizeAndTime_isTakenUp() throws IOException {
    FileTime packed = FileTime.from(Instant.EPOCH);
    Path one = federation.folder().resolve("one");
    Path two = federation.folder().resolve("two");
    String good = Files.readString(agreement());
    for (Path state : List.of(one, two)) {
      String from = state.equals(one) ? "  from: 2025-01-01" : "  from: 2098-01-01";
      Path file = Files.createDirectories(state).resolve("warnings.yaml");
      Files.writeString(file, good.replace("  from: 2025-01-01", from));
      Files.setLastModifiedTime(file, packed);
    }
    Files.delete(agreement());
    Path link = agreement().getParent();
    Files.delete(link);
    Files.createSymbolicLink(link, one);
    federation.doChores();
    federation.send(FR, "by the first", DEADLINE, DE);

    Path next = Files.createSymbolicLink(federation.folder().resolve("next"), two);
    Files.move(next, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    federation.doChores();

    Outcome outcome = federation.publish(FR, federation.draft("by the second", DEADLINE, DE));
    assertEquals("NO_AGREEMENT", outcome.getRefused().getRefusals(0).getCode(), outcome::toString);
  }

  private static void assertRefused(RunningFederation federation, boolean refused)
      throws IOException {
    String ready = federation.scrape(FR, "readyz");
    assertEquals(refused, ready.contains("warning: policy: the files"), ready);
    String metric = "entente_policy_files_refused " + (refused ? "1.0" : "0.0");
    String metrics = federation.scrape(FR, "metrics");
    assertTrue(metrics.contains("\n" + metric + "\n"), metric);
  }

  /** A clock that was ahead when it was sealed does not make it later than the change. */
  @Test
  void clock_thatIsSetBackBeforeTheChange_letsNothingThrough() throws IOException {
    federation.stop(DE);
    federation.clock.move(Duration.ofMinutes(50));
    federation.doChores();
    MessageId minor = send("minor", Severity.SEVERITY_MINOR);
    federation.clock.leap(Duration.ofMinutes(-45));

    Files.writeString(rules(), rule("no-minor", "label.severity == Severity.SEVERITY_MINOR"));
    federation.doChores();
    federation.clock.move(Duration.ofMinutes(44));
    federation.start(DE);

    assertEquals("NODE_RULE", stopped(minor).getCode());
  }

  /**
   * Nothing but the number of the start says so: by its clock the mail is younger than the rules.
   */
  @Test
  void clock_thatWasAheadAndIsSetBackBetweenTwoStarts_letsNothingThroughOnceItHasCaughtUp()
      throws IOException {
    federation.stop(DE);
    federation.clock.move(Duration.ofMinutes(50));
    federation.doChores();
    MessageId minor = send("minor", Severity.SEVERITY_MINOR);
    MessageId grave = send("grave", Severity.SEVERITY_EXTREME);
    federation.stop(FR);
    federation.clock.leap(Duration.ofMinutes(-50));

    Files.writeString(rules(), rule("no-minor", "label.severity == Severity.SEVERITY_MINOR"));
    federation.start(FR);
    federation.clock.move(Duration.ofMinutes(55));
    federation.start(DE);

    assertEquals("NODE_RULE", stopped(minor).getCode());
    federation.awaitEvidence(FR, grave, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
  }

  private MessageId sendAs(String headline, OnBehalfOf person) {
    return federation.send(
        FR,
        headline,
        DEADLINE,
        draft -> {
          draft.setOnBehalfOf(person);
          draft.getToBuilder().addAgencies(DE);
        });
  }

  @Test
  void agreement_thatAsksForPeopleByNow_stopsWhatNamedNoneOrHadNoSecondOne() throws IOException {
    federation.stop(DE);
    MessageId nobody = sendAs("nobody", OnBehalfOf.getDefaultInstance());
    MessageId named =
        sendAs(
            "named", OnBehalfOf.newBuilder().setOfficer("FR-1").setJustification("case 7").build());

    changeAgreement("  four_eyes: false\n", "  four_eyes: false\n  person_required: true\n");
    federation.doChores();
    federation.start(DE);

    EvidenceItem told = stopped(nobody);
    assertEquals("PERSON_REQUIRED", told.getCode(), told::toString);
    assertTrue(told.getReason().contains("warnings/person_required"), told::toString);
    federation.awaitEvidence(FR, named, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);

    federation.stop(DE);
    MessageId alone =
        sendAs(
            "alone", OnBehalfOf.newBuilder().setOfficer("FR-1").setJustification("case 7").build());
    changeAgreement("  four_eyes: false\n", "  four_eyes: true\n");
    federation.doChores();
    federation.start(DE);

    told = stopped(alone);
    assertEquals("SECOND_PERSON_REQUIRED", told.getCode(), told::toString);
    assertTrue(told.getReason().contains("warnings/four_eyes"), told::toString);
  }

  @Test
  void agreement_thatBindsRecipientsMoreByNow_stopsWhatBindsThemLess() throws IOException {
    federation.stop(DE);
    MessageId less = federation.send(FR, "binds less", DEADLINE, DE);

    changeAgreement("  onward_transfer: WITHIN_PARTIES\n", "  onward_transfer: NONE\n");
    federation.doChores();
    MessageId more = federation.send(FR, "binds more", DEADLINE, DE);
    federation.start(DE);

    EvidenceItem told = stopped(less);
    assertEquals("NOT_COVERED", told.getCode(), told::toString);
    assertTrue(told.getReason().contains("warnings/onward_transfer"), told::toString);
    federation.awaitEvidence(FR, more, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
  }
}
