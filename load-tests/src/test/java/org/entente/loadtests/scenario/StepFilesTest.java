package org.entente.loadtests.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.entente.gateway.config.ConfigProblem;
import org.entente.loadtests.federation.Home;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What a file may say in each kind of step, and what it is told where it may not. */
final class StepFilesTest {
  /** Steps that are right, one of each kind that {@link ScenarioTest#SAMPLE} has not. */
  private static final String RIGHT =
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
          cap: { by: nl.police/desk, message: first }
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

  @TempDir private Path folder;

  @Test
  void everyKindOfStep_isRead() {
    assertEquals(List.of(), problems(RIGHT));
    Set<String> words = new TreeSet<>(StepEntry.WORDS);
    words.removeIf(word -> (ScenarioTest.SAMPLE + RIGHT).contains("    " + word + ":"));
    assertEquals(Set.of("gateway", "open", "recall", "release", "transit"), words);
  }

  @Test
  void everyKindOfStep_isInTheTableOfTheDocs() throws IOException {
    String docs = Files.readString(Home.find().folder().resolve("docs").resolve("scenarios.md"));
    List<String> missing =
        StepEntry.WORDS.stream().filter(word -> !docs.contains("\n| `" + word + "` |")).toList();
    assertEquals(List.of(), missing);
    assertEquals(StepEntry.class.getRecordComponents().length, 1 + StepEntry.WORDS.size());
  }

  @TestFactory
  Stream<DynamicTest> step_wrong_isRefusedWithLineFieldAndWhatWouldBeValid() {
    return Stream.of(
        wrong("name: records", "nam: records", "steps[2].responder.register.nam: is no field"),
        wrong(
            "officer: P-1\n      justification: service",
            "withdraw: records\n      officer: P-1\n      justification: service",
            "steps[2].responder: does nothing, or two things; valid: either register or withdraw"),
        wrong(
            "categories: [IPR], finds",
            "categories: [DRUGS], finds",
            "steps[3].discover.categories[0]: \"DRUGS\"; valid: one of CASH"),
        wrong(", finds: { nl.police: [records] }", "", "steps[3].discover: expects nothing"),
        wrong(
            "answer_within: PT48H\n",
            "answer_within: two days\n",
            "steps[4].publish.answer_within: an ISO 8601 duration such as PT24H"),
        wrong(
            "      answer_within: PT48H\n",
            "",
            "steps[4].publish.answer_within: is missing with a request; valid: a duration"),
        wrong(
            "wanted: HIT_NO_HIT",
            "wanted: ALL",
            "steps[4].publish.draft.body.request.wanted: must"),
        wrong(
            "answer_within: PT48H\n",
            "answer_within: PT48H\n      changes: second\n",
            "steps[4].publish.changes: no step before this one names a message \"second\""),
        wrong(
            "answer_within: PT48H\n",
            "answer_within: PT48H\n      operation: joint\n",
            "steps[4].publish.operation: no step before this one names the operation \"joint\""),
        wrong("side: ASKED", "side: BOTH", "steps[5].requests.side: \"BOTH\"; valid: one of ASKED"),
        wrong(
            "{ question: { nl.police: { status: OPEN } } }",
            "{ other: { nl.police: { status: OPEN } } }",
            "steps[5].requests.lists.other: no step before"),
        wrong("status: OPEN", "status: DONE", "steps[5].requests.lists.question.nl.police.status"),
        wrong(
            "status: OPEN",
            "status: OPEN, answer: none",
            "steps[5].requests.lists.question.nl.police.answer: no step before"),
        wrong("days: 30\n      reason", "days: 0\n      reason", "steps[6].ask_consent.days: is 0"),
        wrong("asks: nl.customs", "asks: nl.army", "steps[6].ask_consent.asks: \"nl.army\" is no"),
        wrong("to: [nl.customs]\n      days", "to: [nl.army]\n      days", "ask_consent.to[0]"),
        wrong(
            "does: GRANT\n",
            "does: REVOKE\n",
            "steps[7].decide_consent.reason: is missing; valid: a line with DENY and REVOKE"),
        wrong(
            "does: GRANT\n",
            "does: DENY\n      reason: no\n      to: [nl.police]\n",
            "steps[7].decide_consent.to: beside DENY; valid: with GRANT only"),
        wrong(
            "consent: consent\n",
            "consent: other\n",
            "steps[7].decide_consent.consent: no step before this one names the consent \"other\""),
        wrong(
            "lists: { consent: GRANTED }",
            "lists: { consent: GIVEN }",
            "steps[8].consents.lists.consent: \"GIVEN\"; valid: one of DENIED"),
        wrong("      cover: COLD FJORD\n", "", "steps[9].operation: cover with another deed"),
        wrong(
            "      participants: [nl.police]\n", "", "steps[9].operation: no members with CREATE"),
        wrong(
            "      roster: 1\n  - say: step\n    roster",
            "  - say: step\n    roster",
            "steps[9].operation: expects nothing, or things that exclude each other; valid: either"),
        wrong(
            "operation: joint\n      at",
            "operation: other\n      at",
            "steps[10].roster.operation: no step before this one names the operation"),
        wrong(
            "at: [nl.customs/controls, nl.police/desk]",
            "at: [nl.police/desk]",
            "steps[10].roster.at: 1 clients; valid: two or more"),
        wrong("state: OPEN", "state: ENDED", "steps[10].roster.state: \"ENDED\"; valid: one of"),
        wrong("nl.customs: LEAD", "nl.customs: HEAD", "steps[10].roster.members.nl.customs"),
        wrong("{ nl.customs/T1:", "{ T1:", "steps[11].picture.tasks.T1: \"T1\"; valid: AGENCY/ID"),
        wrong(
            "      tasks: { nl.customs/T1: ASSIGNED }\n",
            "",
            "steps[11].picture: expects nothing, or things that exclude each other"),
        wrong(
            "{ subjects: [\"container:CSQU3054383\"] }",
            "{ subject: x }",
            "steps[12].watch.terms.subject: is no field"),
        wrong("      as: container\n", "", "steps[12].watch: does nothing, or two things"),
        wrong(
            "lists: { container: [first] }",
            "lists: { vessel: [first] }",
            "steps[13].hits.lists.vessel: no step before this one names the watch"),
        wrong(", finds: {} }", " }", "steps[14].related: expects nothing"),
        wrong(
            "step: TAKEN, officer: P-1, tells",
            "step: LEFT, officer: P-1, tells",
            "steps[15].charge.step: \"LEFT\"; valid: one of GIVEN_BACK, TAKEN"),
        wrong(", tells: nl.customs", "", "steps[15].charge: expects nothing"),
        wrong(
            "lists: { nl.police: { step: TAKEN, officer: P-1 } }",
            "lists: { nl.police: { step: TAKEN } }",
            "steps[16].charges.lists.nl.police.officer"),
        wrong(
            "shows: [{ message: first }]\n  - say: step\n    chain",
            "shows: [{ message: first, answers: other }]\n  - say: step\n    chain",
            "steps[17].thread.shows[0].answers: no step before"),
        wrong(
            "message: first, shows: [{ message: first }]",
            "message: first, shows: [{ message: first, type: UPDATE }]",
            "steps[18].chain.shows[0]: has one of type and changes"),
        wrong(
            "content: { right: TRADE_MARK",
            "content: { right: BRAND",
            "steps[19].right.content.right: must be one of TRADE_MARK"),
        wrong(
            "stands: APPLICATION", "stands: PENDING", "steps[19].right.stands: \"PENDING\"; valid"),
        wrong(
            "      officer: C-1\n      justification: application\n",
            "      days: 30\n      officer: C-1\n      justification: application\n",
            "steps[19].right.days: without GRANT; valid: a number with GRANT"),
        wrong(
            "particulars: { CONSIGNEE",
            "particulars: { OWNER",
            "steps[20].suspend.particulars.OWN"),
        wrong("kind: STANDARD", "kind: USUAL", "steps[20].suspend.kind: \"USUAL\"; valid: one of"),
        wrong(
            "right: mark\n      goods",
            "right: other\n      goods",
            "steps[20].suspend.right: no step before this one names the recordation \"other\""),
        wrong(
            "act: { notify: { party: DECLARANT } }",
            "act: { }",
            "steps[21].case.act: is no act, or more than one; valid: one of notify"),
        wrong(
            "act: { notify: { party: DECLARANT } }",
            "act: { notify: { party: COURT } }",
            "steps[21].case.act.notify.party: must be one of DECLARANT, RIGHTS_HOLDER"),
        wrong(
            "stage: NOTIFIED, disclosed: {}",
            "stage: CLOSED, disclosed: {}",
            "steps[22].notice.stage: \"CLOSED\" is neither a stage of an open case nor an outcome"),
        wrong(
            "stage: NOTIFIED, disclosed: {}",
            "stage: NOTIFIED, text: yes",
            "steps[22].notice.text: without an answer"),
        wrong(
            "request: question\n",
            "request: other\n",
            "steps[25].remind.request: no step before this one names a message \"other\""),
        wrong(
            "to: [nl.police]\n      text",
            "to: [nl.army]\n      text",
            "remind.to[0]: \"nl.army\""),
        wrong("text: the ship sails on Friday", "text: ' '", "steps[25].remind.text: blank; valid"),
        wrong("as: again", "as: first", "steps[25].remind.as: \"first\" names another message"),
        wrong(
            "withheld: [label.case_ref]",
            "withhold: [label.case_ref]",
            "steps[25].remind.expect.accepted.nl.police.withhold: unknown field"),
        wrong(
            "{ percent: 50, asked: 1 }",
            "{ }",
            "steps[26].reminders.lists.question.nl.customs: says of no reminder; valid: percent"),
        wrong(
            "lists: { question: { nl.customs: { percent",
            "lists: { other: { nl.customs: { percent",
            "steps[26].reminders.lists.other: no step before"),
        wrong(
            "score: { per_mille: 640, model",
            "score: { percent: 64, model",
            "steps[27].score.score.percent: is no field"),
        wrong(
            "score: { per_mille: 640, model",
            "score: { exercise: true, per_mille: 640, model",
            "steps[27].score.score: says which message it is of; valid: neither message_id"),
        wrong("      version: 1\n", "", "steps[27].score: expects nothing"),
        wrong(
            "minimum_per_mille: 500",
            "minimum_per_mille: 1001",
            "steps[28].scores.minimum_per_mille: is 1001; valid: 0 to 1000"),
        wrong(
            "lists: { first: [{ per_mille",
            "lists: { other: [{ per_mille",
            "steps[28].scores.lists.other: no step before"),
        wrong(
            "client: desk, model: roads, ",
            "client: desk, ",
            "steps[28].scores.lists.first[0].model"),
        wrong(
            "fulfils: [NO_ONWARD_TRANSFER]",
            "fulfils: [NOTHING]",
            "steps[29].fulfils.fulfils[0]: \"NOTHING\"; valid: one of DESTROY_AFTER_RETENTION"),
        wrong(", fulfils: [NO_ONWARD_TRANSFER]", "", "steps[29].fulfils: expects nothing"),
        wrong(
            "exercise: { published: 0 }",
            "exercise: { lost: 0 }",
            "steps[36].counts: counter lost; valid: one of [delivered, published, received"),
        wrong("{ received: 1 }", "{ received: -1 }", "steps[36].counts: received -1; valid: 0 or"),
        wrong(
            ", exercise: { published: 0 }, actual: { received: 1 }",
            "",
            "steps[36].counts: expects nothing; valid: exercise, actual or both"),
        wrong(
            "agency: nl.police, fulfils",
            "agency: nl.army, fulfils",
            "steps[29].fulfils.agency: \"nl.army\" is no agency"),
        wrong("cap/reservoir.cap", "cap/none.cap", "steps[30].publish_cap.file: there is no file "),
        wrong("cap/reservoir.cap", "cap/broken.cap", "steps[30].publish_cap.file: "),
        wrong(
            "label: { category: PUBLIC_WARNING, purpose: PUBLIC_SAFETY, classification: UNCLASSIFIED }",
            "label: { category: PUBLIC_WARNING, purpose: PUBLIC_SAFETY }",
            "steps[30].publish_cap.label.classification: is required"),
        wrong("as: dam", "as: first", "steps[30].publish_cap.as: \"first\" names another message"),
        wrong(
            "lists: { first: C-1 }",
            "lists: { other: C-1 }",
            "steps[31].held.lists.other: no step before"),
        wrong(
            "subject: \"person:Voorbeeld/Sam\"\n",
            "subject: \"person:Voorbeeld/Sam\"\n      message: first\n",
            "steps[32].export: asks for nothing, or for two things; valid: either subject or"),
        wrong(
            "only: [OPENED]", "only: [READ]", "steps[32].export.only[0]: \"READ\"; valid: one of"),
        wrong("      only: [OPENED]\n", "", "steps[32].export.only: is missing beside lists"),
        wrong(
            "[{ type: OPENED, officer",
            "[{ type: SEARCHED, officer",
            "steps[32].export.lists[0].type: \"SEARCHED\"; valid: one of OPENED"),
        wrong("of: [first]", "of: [other]", "steps[32].export.lists[0].of[0]: no step before"),
        wrong("content: { first: KEPT", "content: { first: LOST", "steps[32].export.content.first"),
        wrong(
            "rejected: RELEASE_TIMED_OUT",
            "rejected: LATE",
            "steps[33].track.rejected: \"LATE\"; valid: one of"),
        wrong(
            "lasts: PT10S\n",
            "lasts: PT10S\n      days: 3\n",
            "steps[34].ask_consent: has no end, or two; valid: either days or lasts"),
        wrong("      lasts: PT10S\n", "", "steps[34].ask_consent: has no end, or two"),
        wrong("lasts: PT10S", "lasts: PT0S", "steps[34].ask_consent.lasts: is PT0S; valid: "),
        wrong(
            "deliver_within: PT5S",
            "deliver_within: PT-5S",
            "steps[35].publish.deliver_within: is PT-5S; valid: a duration"),
        wrong(
            "cap: { by: nl.police/desk",
            "cap: { by: nl.customs/controls",
            "steps[24].cap.by: nl.customs/controls has not the scope"),
        wrong(
            "{ boxes: DESTROYED }", "{ boxes: BURNT }", "steps[23].cases.lists.boxes: \"BURNT\""));
  }

  @TestFactory
  Stream<DynamicTest> searchOrOperation_wrong_isRefusedWithLineFieldAndWhatWouldBeValid() {
    return Stream.of(
        wrong("categories: [IPR]\n      origins", "categories: [X]\n      origins", "search.categ"),
        wrong(
            "origins: [nl.customs]", "origins: [nl.army]", "search.origins[0]: \"nl.army\" is no"),
        wrong("from: PT1H", "from: PT-1H", "steps[37].search.from: is PT-1H; valid: a duration"),
        wrong("to: PT0S", "to: yesterday", "steps[37].search.to: "),
        wrong("page_size: 1\n", "page_size: 0\n", "steps[37].search.page_size: is 0; valid: 1 to"),
        wrong(
            """
                  categories: [IPR]
                  origins: [nl.customs]
                  jurisdictions: [CN]
                  from: PT1H
                  to: PT0S
            """,
            "",
            "steps[37].search: looks for nothing; valid: one or more of subject"),
        wrong("lead: nl.police\n", "lead: nl.army\n", "steps[38].operation.lead: \"nl.army\""),
        wrong("lead: nl.police\n", "lead: nl.customs\n", "steps[38].operation.lead: beside CHANGE"),
        wrong(
            "      participants: [nl.customs]\n",
            "      participants: [nl.police]\n",
            "steps[38].operation.lead: beside CHANGE, itself, or with a former lead that leaves"),
        wrong(
            "      participants: [nl.police]\n      days: 30\n",
            "      participants: [nl.police]\n",
            "steps[9].operation: cover with another deed than CREATE, or CREATE without"),
        wrong("{ description: vans, count", "{ text: vans, count", "resources.nl.customs[0].text"),
        wrong(
            "resources: { nl.customs: [", "resources: { nl.army: [", "picture.resources.nl.army:"),
        wrong(
            "due: { nl.customs/T1", "due: { T1", "steps[39].picture.due.T1: \"T1\"; valid: AGENCY"),
        wrong("\"2025-03-03T01:00:00Z\"", "\"in March\"", "steps[40].suspend.suspended_at: "),
        wrong(
            "      right: mark\n      officer: C-1\n      justification: application in",
            "      officer: C-1\n      justification: application in",
            "steps[41].case.right: is missing; valid: the name of a recordation with attach"),
        wrong(
            "right: mark\n      officer: C-1\n      justification: application in",
            "right: other\n      officer: C-1\n      justification: application in",
            "steps[41].case.right: no step before this one names the recordation \"other\""));
  }

  @TestFactory
  Stream<DynamicTest> policy_wrong_isRefusedWithLineFieldAndWhatWouldBeValid() {
    String shown = "{ label: { kind: ALERT }, current: PERMITTED, draft: REFUSED }";
    return Stream.of(
        wrong("expectations/all.yaml", "none.yaml", "steps[42].policy.test.expectations: there is"),
        wrong("expectations/all.yaml", "broken.yaml", "steps[42].policy.test.expectations: "),
        wrong("coverage: { sample", "by: nl.customs/nobody, coverage: { sample", "policy.test.by"),
        wrong(
            "coverage: { sample",
            "by: nl.police/desk, coverage: { sample",
            "steps[42].policy.test.by: nl.police/desk is no client of nl.customs"),
        wrong(
            "agency: nl.customs\n      test: { expectations",
            "agency: nl.customs\n      draft: draft\n      test: { by: nl.customs/controls, expectations",
            "steps[42].policy.draft: beside test.by"),
        wrong("      draft: draft\n", "", "steps[43].policy.draft: is missing; valid: a folder"),
        wrong("draft: draft\n", "draft: none\n", "steps[43].policy.draft: there are no agreements"),
        wrong("relation: DISJOINT", "relation: OTHER", "steps[43].policy.diff.relation: "),
        wrong("        exhaustive: true\n", "", "steps[43].policy.diff.exhaustive"),
        wrong("most: 1000", "most: 0", "steps[43].policy.diff.most: is 0; valid: 1 or more"),
        wrong("relation: DISJOINT", "relation: WIDER", "steps[43].policy.diff.narrower: is given"),
        wrong(
            "        narrower: " + shown + "\n", "", "steps[43].policy.diff.narrower: is missing"),
        wrong(
            "label: { kind: ALERT }, current", "label: { }, current", "narrower.label: says nothi"),
        wrong(
            "label: { kind: ALERT }, current",
            "label: { sort: ALERT }, current",
            "steps[43].policy.diff.narrower.label.sort: \"sort\"; valid: one of "),
        wrong("wider: { from: nl.customs", "wider: { from: nl.army", "policy.diff.wider.from: "),
        wrong(
            "unknown: personal_data",
            "unknown: lang",
            "steps[44].policy.explain.unknown: \"lang\""),
        wrong(
            "unknown: personal_data", "unknown: redacted", "policy.explain.unknown: \"redacted\""),
        wrong(
            "        to: [nl.police]\n        unknown",
            "        to: []\n        unknown",
            "explain.to"),
        wrong(
            "residual: { nl.police:",
            "residual: { nl.customs:",
            "steps[44].policy.explain.residual: is of [nl.customs]; valid: what comes of it at each"),
        wrong(
            "      explain:\n",
            "      draft: draft\n      explain:\n",
            "steps[44].policy.draft: beside explain, which asks the rules in force; valid: with"));
  }

  private DynamicTest wrong(String text, String replacement, String expected) {
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

  private List<String> problems(String steps) {
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
      Files.copy(
          Home.find().samples().resolve("cap").resolve("reservoir.cap"),
          cap.resolve("reservoir.cap"),
          StandardCopyOption.REPLACE_EXISTING);
      Path file = Files.writeString(folder.resolve("sample.yaml"), ScenarioTest.SAMPLE + steps);
      return Scenario.read(file) instanceof Scenario.Loading.Invalid invalid
          ? invalid.problems().stream().map(ConfigProblem::toString).toList()
          : List.of();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
