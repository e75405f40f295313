package org.entente.loadtests.scenario;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.entente.gateway.config.ConfigProblem;
import org.entente.loadtests.federation.ConfigurationHome;
import org.junit.jupiter.api.DynamicTest;

/** A file of a scenario with one step of each kind, to be read as it is or with something wrong. */
final class StepFiles {
  /** Steps that are right, one of each kind that {@link ScenarioTest#SAMPLE} has not. */
  static final String RIGHT =
      """
        - say: step
          responder:
            by: nl.police/desk
            register: { name: records, categories: [IPR], answers_within_minutes: 60 }
            officer: P-1
            justification: service
        - say: step
          discover: { by: nl.customs/controls, categories: [IPR], finds: { nl.police: [records] } }
        - say: step
          publish:
            by: nl.customs/controls
            as: question
            answer_within: PT48H
            draft:
              label: { kind: REQUEST, category: IPR, purpose: IPR_ENFORCEMENT, classification: RESTRICTED }
              body: { request: { question: known to you, language: en, wanted: HIT_NO_HIT } }
              to: { agencies: [nl.police] }
            expect: { error: NO_AGREEMENT }
        - say: step
          requests: { by: nl.customs/controls, side: ASKED, lists: { question: { nl.police: { status: OPEN } } } }
        - say: step
          ask_consent:
            by: nl.police/desk
            as: consent
            messages: [first]
            to: [nl.customs]
            days: 30
            reason: raid
            officer: P-1
            justification: case 1
            asks: nl.customs
        - say: step
          decide_consent:
            by: nl.customs/controls
            consent: consent
            does: GRANT
            officer: C-1
            justification: case 1
        - say: step
          consents: { by: nl.customs/controls, side: ORIGINATOR, lists: { consent: GRANTED } }
        - say: step
          operation:
            by: nl.customs/controls
            does: CREATE
            operation: joint
            cover: COLD FJORD
            participants: [nl.police]
            days: 30
            officer: C-1
            justification: case 1
            roster: 1
        - say: step
          roster:
            operation: joint
            at: [nl.customs/controls, nl.police/desk]
            roster: 1
            state: OPEN
            members: { nl.customs: LEAD, nl.police: PARTICIPANT }
        - say: step
          picture:
            by: nl.police/desk
            operation: joint
            officer: P-1
            justification: case 1
            tasks: { nl.customs/T1: ASSIGNED }
        - say: step
          watch:
            by: nl.police/desk
            as: container
            terms: { subjects: ["container:CSQU3054383"] }
            officer: P-1
            justification: case 1
        - say: step
          hits: { by: nl.police/desk, officer: P-1, justification: case 1, lists: { container: [first] } }
        - say: step
          related: { by: nl.police/desk, message: first, officer: P-1, justification: case 1, finds: {} }
        - say: step
          charge: { by: nl.police/desk, message: first, step: TAKEN, officer: P-1, tells: nl.customs }
        - say: step
          charges:
            by: nl.customs/controls
            message: first
            lists: { nl.police: { step: TAKEN, officer: P-1 } }
        - say: step
          thread:
            by: nl.police/desk
            case_ref: C-1
            officer: P-1
            justification: case 1
            shows: [{ message: first }]
        - say: step
          chain: { by: nl.police/desk, message: first, shows: [{ message: first }] }
        - say: step
          right:
            by: nl.customs/controls
            right: mark
            content: { right: TRADE_MARK, right_number: TM-1, holder_name: Holder, contact: by post }
            officer: C-1
            justification: application
            stands: APPLICATION
        - say: step
          suspend:
            by: nl.customs/controls
            as: boxes
            kind: STANDARD
            right: mark
            goods: { description: boxes, quantity: 2 pieces, place: hall 1 }
            particulars: { CONSIGNEE: somebody }
            officer: C-1
            justification: no hologram
            stage: SUSPENDED
        - say: step
          case:
            by: nl.customs/controls
            suspension: boxes
            act: { notify: { party: DECLARANT } }
            officer: C-1
            justification: letter
            stage: SUSPENDED
        - say: step
          notice: { by: nl.police/desk, suspension: boxes, person: H-1, stage: NOTIFIED, disclosed: {} }
        - say: step
          cases: { by: nl.customs/controls, lists: { boxes: DESTROYED } }
        - say: step
          cap: { by: nl.police/desk, message: first, officer: P-1, justification: case 1, again: nl.customs/controls }
        - say: step
          remind:
            by: nl.customs/controls
            as: again
            request: question
            to: [nl.police]
            text: the ship sails on Friday
            officer: C-1
            justification: case 1
            expect: { accepted: { nl.police: { under: sample, withheld: [label.case_ref] } } }
        - say: step
          reminders: { by: nl.police/desk, lists: { question: { nl.customs: { percent: 50, asked: 1 } } } }
        - say: step
          score:
            by: nl.police/desk
            message: first
            score: { per_mille: 640, model: roads, model_version: "2", automated: true }
            version: 1
        - say: step
          scores:
            by: nl.police/desk
            officer: P-1
            justification: case 1
            minimum_per_mille: 500
            lists: { first: [{ per_mille: 640, client: desk, model: roads, model_version: "2" }] }
        - say: step
          fulfils: { by: nl.customs/controls, agency: nl.police, fulfils: [NO_ONWARD_TRANSFER] }
        - say: step
          publish_cap:
            by: nl.customs/controls
            as: dam
            file: cap/reservoir.cap
            label: { category: PUBLIC_WARNING, purpose: PUBLIC_SAFETY, classification: UNCLASSIFIED }
            to: [nl.police]
            told: [alert/scope]
            expect: { error: NO_AGREEMENT }
        - say: step
          held: { by: nl.customs/controls, lists: { first: C-1 } }
        - say: step
          export:
            by: nl.police/desk
            subject: "person:Voorbeeld/Sam"
            only: [OPENED]
            officer: P-2
            justification: request 1
            lists: [{ type: OPENED, officer: P-1, of: [first] }]
            content: { first: KEPT }
        - say: step
          track: { by: nl.customs/controls, message: first, progress: {}, rejected: RELEASE_TIMED_OUT }
        - say: step
          ask_consent:
            by: nl.police/desk
            as: tonight
            messages: [first]
            to: [nl.customs]
            lasts: PT10S
            reason: raid
            officer: P-1
            justification: case 1
            error: NO_AGREEMENT
        - say: step
          publish:
            by: nl.customs/controls
            as: hurried
            deliver_within: PT5S
            draft:
              label: { kind: ALERT, category: IPR, purpose: IPR_ENFORCEMENT, classification: RESTRICTED }
              body: { alert: { texts: [{ language: en, headline: Handbags }] } }
              to: { agencies: [nl.police] }
            expect: { held: true }
        - say: step
          counts: { agency: nl.police, exercise: { published: 0 }, actual: { received: 1 } }
        - say: step
          search:
            by: nl.police/desk
            officer: P-1
            justification: case 1
            categories: [IPR]
            origins: [nl.customs]
            jurisdictions: [CN]
            from: PT1H
            to: PT0S
            page_size: 1
            finds: [first]
        - say: step
          operation:
            by: nl.customs/controls
            does: CHANGE
            operation: joint
            lead: nl.police
            participants: [nl.customs]
            days: 60
            officer: C-1
            justification: case 2
            roster: 2
        - say: step
          picture:
            by: nl.police/desk
            operation: joint
            officer: P-1
            justification: case 2
            resources: { nl.customs: [{ description: vans, count: 2, place: NLRTM }] }
            due: { nl.customs/T1: "2026-03-16T12:00:00Z" }
            days: 60
        - say: step
          suspend:
            by: nl.customs/controls
            as: frames
            kind: EX_OFFICIO
            goods: { description: frames, quantity: 3 pieces, place: hall 2 }
            suspended_at: "2025-03-03T01:00:00Z"
            officer: C-1
            justification: a file on paper
            stage: SUSPENDED
        - say: step
          case:
            by: nl.customs/controls
            suspension: frames
            act: { attach: {} }
            right: mark
            officer: C-1
            justification: application in time
            stage: NOTIFIED
        - say: step
          policy:
            agency: nl.customs
            test: { expectations: expectations/all.yaml, not_met: [], coverage: { sample: [handling never failed] } }
        - say: step
          policy:
            agency: nl.customs
            draft: draft
            diff:
              relation: DISJOINT
              exhaustive: true
              most: 1000
              wider: { from: nl.customs, to: nl.police, label: { category: CASH }, current: REFUSED, draft: PERMITTED }
              narrower: { label: { kind: ALERT }, current: PERMITTED, draft: REFUSED }
        - say: step
          policy:
            agency: nl.customs
            explain:
              label: { kind: ALERT, category: IPR, purpose: IPR_ENFORCEMENT, classification: RESTRICTED }
              to: [nl.police]
              unknown: personal_data
              type: bool
              residual: { nl.police: { "!label.personal_data": PERMITTED under sample } }
        - say: step
          publish_document:
            by: nl.customs/controls
            as: report
            file: documents/report.pdf
            name: Report 7
            media_type: application/pdf
            label: { kind: ALERT, category: IPR, purpose: IPR_ENFORCEMENT, classification: RESTRICTED }
            to: [nl.police]
            expect: { error: NO_AGREEMENT }
        - say: step
          deliver: { message: report, to: [nl.police/desk], document: documents/report.pdf }
        - say: step
          publish_mapped:
            by: nl.customs/controls
            as: mapped
            file: records/register.jsonl
            line: 2
            mapping: records/register.yaml
            expect: { error: NO_AGREEMENT }
        - say: step
          rights: { by: nl.police/desk, own: true, lists: { mark: GRANTED } }
        - say: step
          notices: { by: nl.police/desk, lists: { boxes: DESTROYED }, withheld: [hall 1] }
        - say: step
          read_case:
            by: nl.customs/controls
            suspension: boxes
            officer: C-1
            justification: case 1
            stage: NOTIFIED
            shows: [hall 1]
        - say: step
          reload:
            by: nl.customs/controls
            agreements: draft
            node_rules: rules/own.yaml
            errors: [{ file: sample.yaml, field: covers, says: missing }]
        - say: step
          codes: { by: nl.police/desk, list: category, says: { IPR: { fr: Contrefaçons } } }
        - say: step
          metric: { agency: nl.police, name: entente_requests_overdue, labels: { side: owed }, is: 0 }
        - say: step
          policy:
            agency: nl.customs
            draft: draft
            lint: { warnings: [{ file: sample.yaml, says: ended }] }
        - say: step
          policy: { agency: nl.customs, fmt: { changes: [sample.yaml], refuses: [other.yaml] } }
        - say: step
          policy:
            agency: nl.customs
            draft: draft
            replay:
              messages: 1
              changed: { first: { nl.police: { current: PERMITTED, draft: REFUSED } } }
              not_kept: [severity]
        - say: step
          track:
            by: nl.customs/controls
            message: first
            progress: { nl.police: NOT_DELIVERED }
            stopped: { nl.police: { by: nl.police, code: INGRESS_REFUSED, says: NODE_RULE } }
        - say: step
          deliver:
            message: first
            to: [nl.police/desk]
            consents: { consent: { originator: nl.customs, messages: [first], purposes: [IPR_ENFORCEMENT], days: 30 } }
        - say: step
          open:
            by: nl.police/desk
            message: first
            officer: P-1
            justification: case 1
            headline: Handbags
            consents: { tonight: { originator: nl.customs, messages: [first], purposes: [IPR_ENFORCEMENT], days: 1 } }
      """;

  private static final String EXPECTATION =
      """
      expectations:
        - name: handbags
          from: nl.customs
          to: [nl.police]
          label: { kind: ALERT, category: IPR, purpose: IPR_ENFORCEMENT, classification: RESTRICTED }
          expect: { outcome: PERMITTED }
      """;

  private static final String RECORDS =
      """
      {"no": "1", "title": "Handbags"}
      {"no": "2", "title": "Purses"}
      """;

  private static final String MAPPING =
      """
      name: register
      input: json_lines
      publisher: { constant: nl.customs }
      fields:
        idempotency_key: source.no
        label.kind: { constant: ALERT }
        label.category: { constant: IPR }
        label.purpose: { constant: IPR_ENFORCEMENT }
        label.classification: { constant: RESTRICTED }
        body.alert.texts[0].language: { constant: en }
        body.alert.texts[0].headline: source.title
        to.agencies: { constant: [nl.police] }
      """;

  private final Path folder;

  /** Files in a folder of a test. */
  StepFiles(Path folder) {
    this.folder = folder;
  }

  /** The steps with another text in the place of one of theirs are refused, and that is said. */
  DynamicTest wrong(String text, String replacement, String expected) {
    return DynamicTest.dynamicTest(
        text.strip() + " -> " + replacement.strip(),
        () -> {
          assertTrue(RIGHT.contains(text), "the steps have no such text");
          List<String> problems = problems(RIGHT.replace(text, replacement));
          assertTrue(
              problems.stream()
                  .anyMatch(it -> it.contains(expected) && it.matches("(?s).*:\\d+:\\d+: .*")),
              problems::toString);
        });
  }

  /** What a file with these steps is told. */
  List<String> problems(String steps) {
    try {
      Files.createDirectories(folder.resolve("sample").resolve("agreements"));
      Path cap = Files.createDirectories(folder.resolve("sample").resolve("cap"));
      Files.writeString(cap.resolve("broken.cap"), "<alert>");
      Path sample = folder.resolve("sample");
      Path expectations = Files.createDirectories(sample.resolve("expectations"));
      Files.writeString(expectations.resolve("all.yaml"), EXPECTATION);
      Files.writeString(sample.resolve("broken.yaml"), EXPECTATION.replace("label:", "labels:"));
      Files.writeString(
          Files.createDirectories(sample.resolve("draft")).resolve("sample.yaml"), "id: sample\n");
      Path documents = Files.createDirectories(sample.resolve("documents"));
      Files.write(documents.resolve("report.pdf"), new byte[] {37, 80, 68, 70, -1});
      Path records = Files.createDirectories(sample.resolve("records"));
      Files.writeString(records.resolve("register.jsonl"), RECORDS);
      Files.writeString(records.resolve("register.yaml"), MAPPING);
      Files.writeString(
          records.resolve("police.yaml"),
          MAPPING.replace("constant: nl.customs", "constant: nl.police"));
      Files.writeString(
          records.resolve("broken.yaml"), MAPPING.replace("source.title", "source.title + 1"));
      Files.writeString(
          Files.createDirectories(sample.resolve("rules")).resolve("own.yaml"), "rules: []\n");
      Files.copy(
          ConfigurationHome.find().samples().resolve("cap").resolve("reservoir.cap"),
          cap.resolve("reservoir.cap"),
          StandardCopyOption.REPLACE_EXISTING);
      Path file = Files.writeString(folder.resolve("sample.yaml"), ScenarioTest.SAMPLE + steps);
      return Scenario.read(file) instanceof Scenario.LoadResult.Invalid invalid
          ? invalid.problems().stream().map(ConfigProblem::toString).toList()
          : List.of();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
