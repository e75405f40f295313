package org.entente.loadtests;

import java.util.List;
import org.entente.loadtests.testkit.CommandStep;

/**
 * The commands of README.md and docs/, in an order in which a reader could type them, with what
 * must become of each. Every documented command stands here once.
 */
final class DocumentedSteps {
  private static final String FR = " --gateway 127.0.0.1:7441 --credentials";
  private static final String FR_CLIENTS = FR + " /tmp/federation/fr.customs/clients/";
  private static final String DECLARATIONS = FR_CLIENTS + "declarations";
  private static final String SUPERVISOR = FR_CLIENTS + "supervisor";
  private static final String OPERATOR = FR_CLIENTS + "operator";
  private static final String DE_CLIENTS =
      " --gateway 127.0.0.1:7442 --credentials /tmp/federation/de.customs/clients/";
  private static final String CONFIGURATION = " --config /tmp/federation/fr.customs.yaml";
  private static final String AUTHORITY = " --ca /tmp/federation/fr.customs";
  private static final String RECORDS = DE_CLIENTS + "records";
  private static final String SEARCHER =
      " --officer FR-12 --justification 'case 12/26'" + FR_CLIENTS + "desk";
  private static final String SECOND =
      " --officer FR-DNRED-0007 --justification 'order of the prosecutor, 14/26'";
  private static final String IPR = FR_CLIENTS + "ipr-desk";
  private static final String HOLDER = FR_CLIENTS + "brakes-ag";
  private static final String OFFICER = " --officer FR-7 --justification ";
  private static final String PERSON = " --person 'A. Holder'";
  private static final String ID = "(?m)^([0-9a-f]{32})  ";

  private DocumentedSteps() {}

  /** Before anything runs. Addresses are changed behind the second. */
  static List<CommandStep> laidOut() {
    return List.of(
        CommandStep.of("./entente certs --out /tmp/federation")
            .in(CommandStep.ProcessKind.LAUNCHER)
            .says("minted"),
        CommandStep.of(
                "cp -r config/nodes/*.yaml config/agreements config/node-rules.yaml config/codes"
                    + " /tmp/federation/")
            .in(CommandStep.ProcessKind.SHELL));
  }

  /** Two gateways and what their agencies do with them. */
  static List<CommandStep> running() {
    return List.of(
        CommandStep.of("./entente config check --config /tmp/federation/fr.customs.yaml")
            .says(": valid"),
        CommandStep.of("./entente doctor --config /tmp/federation/fr.customs.yaml --pre")
            .says("0 errors, "),
        CommandStep.of(
                "./entente policy explain --config /tmp/federation/fr.customs.yaml"
                    + " --to sg.police --to de.customs --category IPR --purpose IPR_ENFORCEMENT")
            .says("sg.police")
            .says("de.customs"),
        CommandStep.of(
                "./entente policy explain --config /tmp/federation/fr.customs.yaml"
                    + " --alerts config/samples/urgent/pistol-kits.jsonl")
            .says("urgent-2026-0001")
            .says("us.cbp: permitted by fr-us-imminent-threat")
            .says("would be accepted: 1, held: 0, refused: 0; bad records: 0"),
        CommandStep.of("./entente policy lint --config /tmp/federation/fr.customs.yaml --strict")
            .says("0 errors, 0 warnings"),
        CommandStep.of(
                "./entente policy test --config /tmp/federation/fr.customs.yaml --coverage"
                    + " config/expectations")
            .says("56 of 56 expectations met"),
        CommandStep.of(
                "./entente policy prose --config /tmp/federation/fr.customs.yaml"
                    + " config/agreements/fr-sg-ipr.yaml")
            .says("Article 1  Legal basis")
            .says("For the agency sg.police:"),
        CommandStep.of(
                "./entente policy prose --config /tmp/federation/fr.customs.yaml"
                    + " config/agreements/fr-sg-ipr.yaml --html"
                    + " --out /tmp/federation/fr-sg-ipr.html")
            .says("written"),
        CommandStep.of(
                "./entente policy diff --config /tmp/federation/fr.customs.yaml"
                    + " --candidate config/agreements")
            .says("equivalent: the candidate permits the same"),
        CommandStep.of("./entente policy codes --lang fr").says("IPR  ").says("Propri"),
        CommandStep.of(
                "./entente policy codes --codes config/codes --lang de"
                    + " --list classification_scheme")
            .says("FR: DIFFUSION RESTREINTE")
            .says("in DE as VS-NUR F"),
        CommandStep.of("./entente policy codes --codes config/codes --list indicators")
            .says("ROUTE_UNUSUAL  ")
            .says("The route is unusual"),
        CommandStep.of("./entente policy schema --out config/schema --check")
            .says("agreement.json: up to date"),
        CommandStep.of("./entente sizing --agencies 50 --rate 2 --size 4096 --recipients 3 --hub")
            .says("transit")
            .doesNotSay("LIMIT EXCEEDED"),
        CommandStep.of(
                "./entente cap check config/samples/cap/quay-fire.cap"
                    + " config/samples/cap/reservoir.cap")
            .says("valid CAP 1.2")
            .says("valid CAP 1.1"),
        CommandStep.of(
                "./entente cap convert config/samples/cap/reservoir.cap"
                    + " --out /tmp/federation/reservoir.cap")
            .says("alert/info/certainty: Very Likely"),
        CommandStep.of("./entente run --config /tmp/federation/fr.customs.yaml")
            .until("\"agency\":\"fr.customs\"")
            .keptRunning(),
        CommandStep.of("./entente run --config /tmp/federation/de.customs.yaml")
            .until("\"agency\":\"de.customs\"")
            .keptRunning(),
        CommandStep.of("./entente doctor --config /tmp/federation/fr.customs.yaml")
            .says("ok       gateway.ready")
            .says("0 errors, "),
        CommandStep.of(
                "./entente policy explain"
                    + DECLARATIONS
                    + " --to de.customs --category IPR --purpose IPR_ENFORCEMENT"
                    + " --officer FR-3 --justification 'case 12/26'")
            .says("de.customs: permitted by eu-customs-cooperation")
            .says("binds to DESTROY_AFTER_RETENTION, ")
            .says("fulfils DESTROY_AFTER_RETENTION"),
        CommandStep.of("./entente policy lint" + OPERATOR)
            .says("0 errors, 0 warnings")
            .says("that of the files is the same"),
        CommandStep.of("./entente policy test" + OPERATOR + " config/expectations")
            .says("56 of 56 expectations met"),
        CommandStep.of("./entente send" + DECLARATIONS + " --alerts config/samples/ipr.jsonl")
            .exits(3)
            .says("published")
            .keeps("FIRST", ID + "to \\[de\\.customs")
            .keeps("SECOND", "(?s)to \\[de\\.customs.*?\\n([0-9a-f]{32})  to \\[[^]]*de\\.customs"),
        CommandStep.of("./entente tail" + DE_CLIENTS + "desk --cursor night-shift")
            .until("{FIRST}")
            .exits(143),
        CommandStep.of(
                "./entente tail --kind ALERT --category IPR --category EXCISE --origin fr.customs"
                    + " --jurisdiction FR --severity MINOR --cursor counterfeits"
                    + DE_CLIENTS
                    + "desk")
            .until("{FIRST}")
            .exits(143),
        CommandStep.of(
                "./entente feedback MESSAGE --to fr.customs --result SEIZURE --place DEHAM --date"
                    + " 2026-03-02 --detection SCANNER --goods 'tablets in blisters' --hs 300490"
                    + " --quantity 1200 --unit H87 --category IPR --purpose IPR_ENFORCEMENT"
                    + " --classification RESTRICTED"
                    + DE_CLIENTS
                    + "declarations")
            .fills("MESSAGE", "FIRST")
            .says("to [fr.customs]")
            .keeps("FEEDBACK", ID + "to \\[fr\\.customs\\]"),
        // Until it has arrived.
        CommandStep.of("./entente search --in-reply-to MESSAGE" + SEARCHER)
            .fills("MESSAGE", "FIRST")
            .againWhile("no messages")
            .says("{FEEDBACK}")
            .says("FEEDBACK"),
        CommandStep.of(
                "./entente send"
                    + DECLARATIONS
                    + " --alerts config/samples/cap --category PUBLIC_WARNING"
                    + " --purpose PUBLIC_SAFETY --classification UNCLASSIFIED"
                    + " --marking TLP:CLEAR --legal-basis 'Civil protection act, section 12'")
            .says("2 published")
            .keeps("WARNING", ID + "to \\[de\\.customs"),
        CommandStep.of(
                "./entente tail"
                    + DE_CLIENTS
                    + "desk --cursor warnings --cap /tmp/federation/warnings")
            .until("{WARNING}")
            .exits(143),
        CommandStep.of(
                "./entente send --alerts config/samples/foreign/controls.jsonl"
                    + " --mapping config/mappings/controls.yaml"
                    + DECLARATIONS)
            .says("2 published, 0 held, 0 refused, 0 bad records"),
        CommandStep.of(
                "./entente send --document config/samples/documents/laboratory-report.pdf"
                    + " --name 'Report 2026-118, friction material' --to fr.customs --category IPR"
                    + " --purpose IPR_ENFORCEMENT --classification RESTRICTED"
                    + " --case-ref ZGR-2026-1201"
                    + DE_CLIENTS
                    + "declarations")
            .says("1 published")
            .keeps("DOCUMENT", ID + "to \\[fr\\.customs"),
        // Until it has arrived.
        CommandStep.of("./entente open MESSAGE --save /tmp/federation/documents" + SEARCHER)
            .fills("MESSAGE", "DOCUMENT")
            .againWhile("NOT_FOUND")
            .says("application/pdf")
            .says("{DOCUMENT}-Report_2026-118_friction_material: "),
        CommandStep.of(
                "./entente open MESSAGE --save /tmp/federation/documents --as report-118.pdf"
                    + SEARCHER)
            .fills("MESSAGE", "DOCUMENT")
            .says("report-118.pdf: "),
        CommandStep.of(
                "./entente attach config/samples/documents/laboratory-report.pdf"
                    + " --media-type application/pdf"
                    + DE_CLIENTS
                    + "declarations")
            .keeps("UPLOAD", "(?m)^([0-9a-f]{32})$"),
        CommandStep.of(
                "./entente send --attach UPLOAD"
                    + " --document config/samples/documents/laboratory-report.pdf"
                    + " --name 'Report 2026-119' --to fr.customs --category IPR"
                    + " --purpose IPR_ENFORCEMENT --classification RESTRICTED"
                    + DE_CLIENTS
                    + "declarations")
            .fills("UPLOAD", "UPLOAD")
            .says("1 published")
            .keeps("ATTACHED", ID + "to \\[fr\\.customs"),
        // Until it has arrived.
        CommandStep.of("./entente fetch MESSAGE --out /tmp/federation/report.pdf" + SEARCHER)
            .fills("MESSAGE", "ATTACHED")
            .againWhile("NOT_FOUND")
            .says("saved as "),
        CommandStep.of(
                "./entente consent ask MESSAGE --to us.cbp --days 30 --reason 'seizure in Newark'"
                    + " --officer DE-7 --justification 'case 4 Js 12/26'"
                    + DE_CLIENTS
                    + "desk")
            .fills("MESSAGE", "FIRST")
            .says("requested from fr.customs")
            .keeps("CONSENT", ID),
        CommandStep.of("./entente consent list" + SUPERVISOR)
            .againWhile("no consents")
            .says("{CONSENT}  OPEN   de.customs"),
        CommandStep.of(
                "./entente consent grant CONSENT --days 7 --officer FR-118"
                    + " --justification 'art. 12'"
                    + SUPERVISOR)
            .fills("CONSENT", "CONSENT")
            .says("granted to us.cbp"),
        CommandStep.of("./entente consent list --asked-by-us" + DE_CLIENTS + "desk")
            .againWhile("OPEN")
            .says("{CONSENT}  GRANTED  fr.customs"),
        CommandStep.of(
                "./entente consent revoke CONSENT --reason 'the case is closed' --officer FR-118"
                    + " --justification 'ticket 41'"
                    + SUPERVISOR)
            .fills("CONSENT", "CONSENT")
            .says("revoked at"),
        CommandStep.of(
                "./entente consent deny CONSENT --reason 'ask the prosecutor' --officer FR-118"
                    + " --justification 'ticket 42'"
                    + SUPERVISOR)
            .fills("CONSENT", "CONSENT")
            .exits(3)
            .says("already revoked"),
        CommandStep.of(
                "./entente send"
                    + DECLARATIONS
                    + " --alerts config/samples/held/controlled-delivery.jsonl")
            .says("held until")
            .keeps("HELD", ID),
        CommandStep.of("./entente release list" + SUPERVISOR).says("{HELD}"),
        CommandStep.of("./entente release show MESSAGE" + SUPERVISOR + SECOND)
            .fills("MESSAGE", "HELD")
            .says("Substituted consignment")
            .says("to sg.police (without ")
            .says("label.source_ref"),
        CommandStep.of("./entente release approve MESSAGE" + SUPERVISOR + SECOND)
            .fills("MESSAGE", "HELD")
            .says("to sg.police (without body.intelligence.subjects.account, "),
        CommandStep.of(
                "./entente watch add --subject 'case:ZGR 2026 1180' --subject container:CSQU3054383"
                    + " --title 'brake pads'"
                    + SEARCHER)
            .says("watch 1 ")
            .says("case:ZGR20261180"),
        CommandStep.of("./entente watch list" + FR_CLIENTS + "desk").says("brake pads"),
        CommandStep.of(
                "./entente send --alerts config/samples/tasking/container-check.jsonl"
                    + " --precedence IMMEDIATE --info us.cbp --info-lane ROUTINE"
                    + DECLARATIONS)
            .says("to [de.customs], for information to [us.cbp]")
            .keeps("TASK", ID + "to \\[de\\.customs\\], for information"),
        // Until it has arrived.
        CommandStep.of(
                "./entente charge take MESSAGE --officer DE-7 --unit 'Hamburg'"
                    + " --note 'team is on its way'"
                    + DE_CLIENTS
                    + "desk")
            .fills("MESSAGE", "TASK")
            .againWhile("NOT_FOUND")
            .says("to fr.customs"),
        CommandStep.of("./entente charge list --own" + DE_CLIENTS + "desk")
            .says("{TASK}  TAKEN IN CHARGE")
            .says("DE-7"),
        CommandStep.of("./entente charge list" + FR_CLIENTS + "desk")
            .againWhile("no charges")
            .says("{TASK}  TAKEN IN CHARGE  de.customs")
            .says("DE-7     Hamburg  team is on its way"),
        CommandStep.of(
                "./entente charge back MESSAGE --officer DE-7 --note 'nothing found'"
                    + DE_CLIENTS
                    + "desk")
            .fills("MESSAGE", "TASK")
            .says("to fr.customs"),
        CommandStep.of(
                "./entente send --alerts config/samples/tasking/container-check-update.jsonl"
                    + " --updates MESSAGE"
                    + DECLARATIONS)
            .fills("MESSAGE", "TASK")
            .says("to [de.customs]"),
        CommandStep.of("./entente chain MESSAGE" + DE_CLIENTS + "desk")
            .fills("MESSAGE", "TASK")
            .says("{TASK}"),
        CommandStep.of(
                "./entente send" + DE_CLIENTS + "declarations --alerts config/samples/ipr.jsonl")
            .exits(3)
            .says("published"),
        // Until it has arrived.
        CommandStep.of("./entente search --headline 'brake pads'" + SEARCHER)
            .againWhile("no messages")
            .says("ZGR-2026-1180")
            .keeps("FOUND", ID),
        CommandStep.of(
                "./entente search --subject 'case:ZGR 2026 1180' --category IPR --origin de.customs"
                    + " --from 2026-01-01 --json"
                    + SEARCHER)
            .says("\"caseRef\":\"ZGR-2026-1180\""),
        CommandStep.of("./entente open MESSAGE" + SEARCHER)
            .fills("MESSAGE", "FOUND")
            .says("Hamburg"),
        CommandStep.of("./entente open MESSAGE --cap --out /tmp/federation/found.cap" + SEARCHER)
            .fills("MESSAGE", "FOUND")
            .doesNotSay("cannot be written as CAP"),
        CommandStep.of(
                "./entente risk score MESSAGE --score 87.5 --model ports --model-version 3.1"
                    + " --automated --indicator 'ROUTE_UNUSUAL:400:three ports in five days'"
                    + " --indicator X_NIGHT_CALL:100"
                    + FR_CLIENTS
                    + "risk-engine")
            .fills("MESSAGE", "FOUND")
            .says("87.5 HIGH")
            .says("ports 3.1 (risk-engine, automated)"),
        CommandStep.of("./entente risk list --minimum 70 --category IPR" + SEARCHER)
            .says("{FOUND}")
            .says("87.5 HIGH"),
        CommandStep.of("./entente risk show MESSAGE --history" + SEARCHER)
            .fills("MESSAGE", "FOUND")
            .says("three ports in five days"),
        CommandStep.of("./entente risk follow --minimum 70 --after 0" + SEARCHER)
            .until("{FOUND}")
            .exits(143),
        // What else has arrived names something else.
        CommandStep.of("./entente related MESSAGE" + SEARCHER)
            .fills("MESSAGE", "FOUND")
            .says("no related messages"),
        CommandStep.of("./entente watch hits" + SEARCHER)
            .againWhile("no hits")
            .says("case:ZGR20261180")
            .says("{FOUND}"),
        CommandStep.of(
                "./entente watch remove 1 --officer FR-12 --justification 'case closed'"
                    + FR_CLIENTS
                    + "desk")
            .says("watch 1 has ended"),
        CommandStep.of("./entente thread ZGR-2026-1180" + SEARCHER).says("{FOUND}"),
        CommandStep.of(
                "./entente request ask --to de.customs --question 'Is this container known to you?'"
                    + " --subject container:CSQU3054383 --category IPR --purpose CUSTOMS_CONTROL"
                    + " --classification RESTRICTED --case DNRED-2026-41 --within 48"
                    + " --officer FR-12 --justification 'case 12/26'"
                    + DECLARATIONS)
            .says("to [de.customs]")
            .keeps("ASKED", ID + "to"),
        CommandStep.of(
                "./entente request remind MESSAGE --text 'the ship sails on Friday' --officer FR-12"
                    + " --justification 'case 12/26'"
                    + DECLARATIONS)
            .fills("MESSAGE", "ASKED")
            .says("to [de.customs]"),
        CommandStep.of("./entente request reminders" + DE_CLIENTS + "declarations")
            .againWhile("no reminders")
            .says("{ASKED}")
            .says("reminded 1x"),
        CommandStep.of("./entente request list --owed --status OPEN" + DE_CLIENTS + "declarations")
            .says("{ASKED}")
            .says("fr.customs  OPEN"),
        CommandStep.of(
                "./entente request answer MESSAGE --result HIT --hits 2"
                    + " --classification RESTRICTED"
                    + DE_CLIENTS
                    + "declarations")
            .fills("MESSAGE", "ASKED")
            .againWhile("no request with this id waits here")
            .says("to [fr.customs]"),
        // Until the answer has arrived.
        CommandStep.of("./entente request list --asked" + DECLARATIONS)
            .againWhile(" OPEN ")
            .says("{ASKED}")
            .says("de.customs  ANSWERED"),
        CommandStep.of(
                "./entente responder register seizures --category IPR --category EXCISE --within 60"
                    + " --matching EXACT --data-age 1440 --description 'seizures since 2019'"
                    + " --officer DE-3 --justification 'service agreed 4/26'"
                    + DE_CLIENTS
                    + "declarations")
            .says("seizures registered"),
        // Until its agency has told this one.
        CommandStep.of("./entente discover --category IPR" + DECLARATIONS)
            .againWhile("no responders")
            .says("IPR, EXCISE"),
        CommandStep.of("./entente responder list" + DE_CLIENTS + "declarations")
            .says("seizures since 2019"),
        CommandStep.of(
                "./entente responder withdraw seizures --officer DE-3"
                    + " --justification 'service ended'"
                    + DE_CLIENTS
                    + "declarations")
            .says("seizures withdrawn"));
  }

  /** A suspension of goods, to its end. */
  static List<CommandStep> aboutRights() {
    return List.of(
        CommandStep.of(
                "./entente ipr record --right TRADE_MARK --number 'EUTM 018000001'"
                    + " --holder 'Brakes AG' --product 'brake pads'"
                    + " --features 'a hologram on each box' --contact 'legal@brakes.example'"
                    + " --client brakes-ag"
                    + OFFICER
                    + "'application 12/26'"
                    + IPR)
            .says("APPLICATION")
            .keeps("RIGHT", ID),
        CommandStep.of(
                "./entente ipr grant RECORDATION --days 365" + OFFICER + "'decision 12/26'" + IPR)
            .fills("RECORDATION", "RIGHT")
            .says("GRANTED"),
        CommandStep.of(
                "./entente ipr suspend --recordation RECORDATION"
                    + " --goods 'brake pads without hologram' --quantity '1200 pieces'"
                    + " --place 'Le Havre, hall 4' --particular 'CONSIGNEE=Garage Dupont, Rouen'"
                    + OFFICER
                    + "'no holograms'"
                    + IPR)
            .fills("RECORDATION", "RIGHT")
            .says("next: notify the parties")
            .keeps("SUSPENSION", ID),
        CommandStep.of(
                "./entente ipr notify CASE --party DECLARANT" + OFFICER + "'letter of today'" + IPR)
            .fills("CASE", "SUSPENSION"),
        CommandStep.of(
                "./entente ipr notify CASE --party RIGHTS_HOLDER"
                    + OFFICER
                    + "'through the gateway'"
                    + IPR)
            .fills("CASE", "SUSPENSION")
            .says("next: answer of the rights holder, before "),
        CommandStep.of("./entente ipr notices" + HOLDER)
            .says("{SUSPENSION}")
            .says("answer before "),
        CommandStep.of("./entente ipr notice CASE" + PERSON + HOLDER)
            .fills("CASE", "SUSPENSION")
            .says("1200 pieces")
            .doesNotSay("Dupont"),
        CommandStep.of("./entente ipr answer CASE CONFIRMS" + PERSON + HOLDER)
            .fills("CASE", "SUSPENSION"),
        CommandStep.of("./entente ipr answer CASE AGREES_TO_DESTRUCTION" + PERSON + HOLDER)
            .fills("CASE", "SUSPENSION"),
        CommandStep.of(
                "./entente ipr disclose CASE CONSIGNEE"
                    + OFFICER
                    + "'asked for on the telephone, art. 17(4)'"
                    + IPR)
            .fills("CASE", "SUSPENSION")
            .says("next: answer of the declarant"),
        CommandStep.of(
                "./entente ipr declarant CASE AGREES" + OFFICER + "'letter of the declarant'" + IPR)
            .fills("CASE", "SUSPENSION")
            .says("next: destroy the goods"),
        CommandStep.of(
                "./entente ipr outcome CASE DESTROYED"
                    + OFFICER
                    + "'record of destruction 3/26'"
                    + IPR)
            .fills("CASE", "SUSPENSION")
            .says("CLOSED"),
        CommandStep.of("./entente ipr list --closed" + IPR).says("{SUSPENSION}").says("DESTROYED"),
        CommandStep.of(
                "./entente ipr show CASE --officer FR-9"
                    + " --justification 'asked by the court of auditors'"
                    + IPR)
            .fills("CASE", "SUSPENSION")
            .says("Garage Dupont"));
  }

  /**
   * An application that is refused, goods detained ex officio, a court, a recordation taken back.
   */
  static List<CommandStep> otherTurnsAboutRights() {
    return List.of(
        CommandStep.of(
                "./entente ipr record --right DESIGN --number 'DM/099001' --holder 'Discs SA'"
                    + " --product 'brake discs' --contact 'legal@discs.example'"
                    + OFFICER
                    + "'application 13/26'"
                    + IPR)
            .says("APPLICATION")
            .keeps("OTHER_RIGHT", ID),
        CommandStep.of(
                "./entente ipr refuse RECORDATION"
                    + OFFICER
                    + "'no proof that the applicant holds the right'"
                    + IPR)
            .fills("RECORDATION", "OTHER_RIGHT")
            .says("REFUSED"),
        CommandStep.of(
                "./entente ipr suspend --kind EX_OFFICIO --goods 'brake discs, copied mark'"
                    + " --quantity '40 pieces' --place 'Le Havre, hall 4'"
                    + OFFICER
                    + "'the mark on the boxes'"
                    + IPR)
            .keeps("DETENTION", ID),
        CommandStep.of(
                "./entente ipr notify CASE --party DECLARANT"
                    + OFFICER
                    + "'letter to the declarant, hall 4'"
                    + IPR)
            .fills("CASE", "DETENTION"),
        CommandStep.of(
                "./entente ipr notify CASE --party RIGHTS_HOLDER"
                    + OFFICER
                    + "'by telephone and letter'"
                    + IPR)
            .fills("CASE", "DETENTION"),
        CommandStep.of(
                "./entente ipr attach CASE RECORDATION"
                    + OFFICER
                    + "'application granted in time'"
                    + IPR)
            .fills("CASE", "DETENTION")
            .fills("RECORDATION", "RIGHT")
            .says("{DETENTION}"),
        CommandStep.of(
                "./entente ipr letter CASE ASKS_EXTENSION"
                    + " --text 'the expert opinion is due on Friday'"
                    + OFFICER
                    + "'letter of the holder'"
                    + IPR)
            .fills("CASE", "DETENTION"),
        CommandStep.of(
                "./entente ipr extend CASE --days 5"
                    + OFFICER
                    + "'art. 23(4), asked for in time'"
                    + IPR)
            .fills("CASE", "DETENTION"),
        CommandStep.of(
                "./entente ipr letter CASE PROCEEDINGS --text 'TJ Paris, 26/04711'"
                    + OFFICER
                    + "'writ of summons'"
                    + IPR)
            .fills("CASE", "DETENTION")
            .says("PROCEEDINGS"),
        CommandStep.of(
                "./entente ipr outcome CASE RELEASED" + OFFICER + "'judgment in 26/04711'" + IPR)
            .fills("CASE", "DETENTION")
            .says("CLOSED"),
        CommandStep.of(
                "./entente ipr revoke RECORDATION"
                    + OFFICER
                    + "'the trade mark was cancelled'"
                    + IPR)
            .fills("RECORDATION", "RIGHT")
            .says("REVOKED"),
        CommandStep.of(
                "./entente ipr right RECORDATION --officer FR-9 --justification 'complaint 2/26'"
                    + IPR)
            .fills("RECORDATION", "RIGHT")
            .says("hologram"),
        CommandStep.of("./entente ipr rights" + IPR).says("{OTHER_RIGHT}").doesNotSay("legal@"),
        CommandStep.of("./entente ipr own" + HOLDER).says("{RIGHT}").doesNotSay("{OTHER_RIGHT}"));
  }

  /** Something is said in the joint operation. */
  private static CommandStep said(String what) {
    return CommandStep.of(
            "./entente operation "
                + what
                + " --category IPR --purpose IPR_ENFORCEMENT --classification RESTRICTED"
                + DECLARATIONS)
        .fills("OPERATION", "OPERATION")
        .says("to [de.customs]");
  }

  /** What is done with messages that have arrived, and what the figures say at the end. */
  static List<CommandStep> afterwards() {
    return List.of(
        CommandStep.of(
                "./entente hold place MESSAGE --officer DE-7 --justification 'case 4 Js 12/26'"
                    + RECORDS)
            .fills("MESSAGE", "FIRST"),
        CommandStep.of("./entente hold list" + RECORDS).says("{FIRST}").says("case 4 Js 12/26"),
        CommandStep.of(
                "./entente hold release MESSAGE --officer DE-7 --justification 'case closed'"
                    + RECORDS)
            .fills("MESSAGE", "FIRST"),
        CommandStep.of(
                "./entente erase MESSAGE --officer DE-7 --justification"
                    + " 'art. 16(2), request 41/26'"
                    + RECORDS)
            .fills("MESSAGE", "FIRST")
            .says("erased at"),
        CommandStep.of(
                "./entente recall MESSAGE --reason 'the goods were genuine' --officer FR-118"
                    + " --justification 'laboratory report 7/26'"
                    + SUPERVISOR)
            .fills("MESSAGE", "SECOND")
            .says("recall ")
            .says("de.customs"),
        CommandStep.of("./entente track MESSAGE" + SUPERVISOR)
            .fills("MESSAGE", "SECOND")
            .says("SUBMISSION_ACCEPTANCE")
            .says("recalled at ")
            .says("opened before by"),
        CommandStep.of("./entente unopened" + SUPERVISOR),
        CommandStep.of(
                "./entente operation create --name 'CALM HARBOUR' --participant de.customs"
                    + " --ends 2030-03-31 --officer FR-118"
                    + " --justification 'joint inspection 7/26'"
                    + SUPERVISOR)
            .says("CALM HARBOUR  OPEN")
            .keeps("OPERATION", ID),
        CommandStep.of(
                "./entente operation create --name 'BERTH FOUR' --participant de.customs"
                    + " --starts 2030-03-04 --ends 2030-03-09 --officer FR-118"
                    + " --justification 'joint inspection 8/26'"
                    + SUPERVISOR)
            .says("BERTH FOUR  OPEN  from 2030-03-04T00:00:00Z until 2030-03-09T00:00:00Z"),
        CommandStep.of("./entente operation list" + SUPERVISOR).says("de.customs PARTICIPANT"),
        CommandStep.of(
                "./entente operation members OPERATION --participant de.customs --ends 2030-06-30"
                    + " --officer FR-118 --justification 'three months more'"
                    + SUPERVISOR)
            .fills("OPERATION", "OPERATION")
            .says("roster 2: "),
        CommandStep.of("./entente operation hash OPERATION" + DE_CLIENTS + "desk")
            .fills("OPERATION", "OPERATION")
            .againWhile("roster 1 ")
            .says("roster 2 of CALM HARBOUR"),
        said("objectives OPERATION --text 'find where the brake pads are stored'"),
        said(
            "resources OPERATION --resource 'scanner vans' --count 2 --place DEHAM --resource 'dog"
                + " unit'"),
        said(
            "task OPERATION T1 --title 'open the containers of berth 4' --agency de.customs --place"
                + " DEHAM --due 2030-03-05"),
        said(
            "report OPERATION --text 'two seals are broken' --place DEHAM --subject"
                + " container:CSQU3054383"),
        said("outcome OPERATION R1 --text '1,200 brake pads seized' --place DEHAM"),
        CommandStep.of(
                "./entente operation show OPERATION --officer DE-7"
                    + " --justification 'joint inspection 7/26'"
                    + DE_CLIENTS
                    + "desk")
            .fills("OPERATION", "OPERATION")
            .againUntil("outcome R1 in DEHAM: 1,200 brake pads seized")
            .says("fr.customs LEAD")
            .says("objectives: find where the brake pads are stored")
            .says("resource: 2 × scanner vans in DEHAM")
            .says("resource: 1 × dog unit")
            .says(
                "task T1, de.customs, ASSIGNED: open the containers of berth 4 in DEHAM, by"
                    + " 2030-03-05")
            .says("container CSQU3054383"),
        CommandStep.of(
                "./entente operation members OPERATION --participant de.customs --unconfirmed"
                    + " --officer FR-118"
                    + " --justification 'hash compared with de.customs by telephone'"
                    + SUPERVISOR)
            .fills("OPERATION", "OPERATION")
            .says("roster 3: "),
        CommandStep.of(
                "./entente operation close OPERATION --officer FR-118"
                    + " --justification 'all tasks done'"
                    + SUPERVISOR)
            .fills("OPERATION", "OPERATION")
            .says("CLOSED"),
        CommandStep.of(
                "./entente keys renew --officer FR-3 --justification 'yearly renewal'"
                    + " --out /tmp/federation/fr.customs.join"
                    + OPERATOR)
            .says("read out"),
        CommandStep.of(
                "./entente backup create --officer FR-3 --justification 'daily backup'" + OPERATOR)
            .says("audit leaves"),
        CommandStep.of("./entente backup list --config /tmp/federation/fr.customs.yaml")
            .says("number  made"),
        CommandStep.of("./entente backup verify --config /tmp/federation/fr.customs.yaml")
            .says("good"),
        CommandStep.of("./entente keys show" + OPERATOR)
            .says("in use")
            .says("not in the trust bundle")
            .says("fr.customs fulfils DESTROY_AFTER_RETENTION"),
        CommandStep.of(
                "./entente client add night-desk --scope subscribe --scope evidence"
                    + CONFIGURATION
                    + AUTHORITY
                    + " --out /tmp/federation/night-desk")
            .says("night-desk has the scopes subscribe, evidence"),
        CommandStep.of("./entente client list" + CONFIGURATION).says("night-desk").says("in force"),
        CommandStep.of("./entente client grant night-desk --scope subscribe" + CONFIGURATION)
            .says("night-desk has the scopes subscribe"),
        CommandStep.of(
                "./entente client renew night-desk"
                    + CONFIGURATION
                    + AUTHORITY
                    + " --out /tmp/federation/night-desk-2")
            .says("valid until"),
        CommandStep.of("./entente client revoke night-desk" + CONFIGURATION)
            .says("night-desk revoked")
            .says("in force     now"),
        CommandStep.of("./entente tls renew" + CONFIGURATION + AUTHORITY)
            .says("certificate  ")
            .says("replaces     "),
        CommandStep.of("./entente console" + OPERATOR).says("/console/enter#"),
        CommandStep.of("./entente link list" + OPERATOR).says("de.customs  up").says("FLASH"),
        CommandStep.of("./entente quarantine list" + OPERATOR).doesNotSay("receiving"),
        CommandStep.of(
                "./entente link pause de.customs --officer FR-3"
                    + " --justification 'their maintenance, ticket 12'"
                    + OPERATOR)
            .says("de.customs paused"),
        CommandStep.of(
                "./entente link unpause de.customs --officer FR-3"
                    + " --justification 'they are back'"
                    + OPERATOR)
            .says("de.customs continues"),
        CommandStep.of(
                "./entente link resume de.customs FLASH --officer FR-3"
                    + " --justification 'restored on Sunday, ticket 13'"
                    + OPERATOR)
            .says("FLASH was not stopped; nothing changed"),
        CommandStep.of(
                "./entente subscription create cases --shared --condition"
                    + " 'label.case_ref.startsWith(\"DE-\")' --skip-stored"
                    + DE_CLIENTS
                    + "desk")
            .says("created subscription cases"),
        CommandStep.of("./entente subscription show cases" + DE_CLIENTS + "desk")
            .says("kind          shared")
            .says("label.case_ref.startsWith"),
        CommandStep.of("./entente subscription list" + DE_CLIENTS + "desk")
            .says("cases")
            .says("shared"),
        CommandStep.of("./entente subscription dead-letters cases" + DE_CLIENTS + "desk"),
        CommandStep.of("./entente subscription list" + DE_CLIENTS + "operator")
            .says("night-shift")
            .says("last position"),
        CommandStep.of(
                "./entente subscription delete night-shift --client desk --officer DE-3"
                    + " --justification 'that desk is closed'"
                    + DE_CLIENTS
                    + "operator")
            .says("deleted subscription night-shift"),
        CommandStep.of("./entente quarantine show 1" + OPERATOR).exits(3).says("NOT_FOUND"),
        CommandStep.of(
                "./entente quarantine retry 1 --officer FR-3 --justification 'upgraded'" + OPERATOR)
            .exits(3)
            .says("NOT_FOUND"),
        CommandStep.of(
                "./entente quarantine discard 1 --officer FR-3 --justification 'sent again by mail'"
                    + OPERATOR)
            .exits(3)
            .says("NOT_FOUND"),
        // One of its witnesses does not run here, so that its first checkpoint comes only when the
        // wait for witnesses is over.
        CommandStep.of("./entente audit verify --config /tmp/federation/fr.customs.yaml")
            .againWhile("no checkpoint is signed")
            .says("fr.customs"),
        CommandStep.of(
                "./entente audit verify"
                    + FR_CLIENTS
                    + "auditor --bundle /tmp/federation/trust-bundle.note"
                    + " --roots /tmp/federation/roots.json"
                    + " --checkpoint /tmp/federation/fr.customs.checkpoint")
            .says("fr.customs"),
        CommandStep.of(
                "./entente audit prove MESSAGE --recipient de.customs --officer FR-9"
                    + " --justification 'court order 41/26'"
                    + FR_CLIENTS
                    + "auditor --out /tmp/federation/message.proof")
            .fills("MESSAGE", "SECOND")
            .says("proof of {SECOND}"),
        CommandStep.of(
                "./entente audit verify-proof /tmp/federation/message.proof"
                    + " --roots /tmp/federation/roots.json")
            .says("fr.customs: proved; message {SECOND} was accepted"),
        CommandStep.of(
                "./entente audit export --subject 'case:DNRED-2026-IPR-00417' --proofs"
                    + " --officer FR-9 --justification 'access request 12/26'"
                    + FR_CLIENTS
                    + "auditor")
            .says("\"type\":\"ACCEPTED\"")
            .says("c2sp.org/tlog-proof@v1"),
        // Until a checkpoint covers what happened last.
        CommandStep.of(
                "./entente audit report --subject 'case:DNRED-2026-IPR-00417' --officer FR-9"
                    + " --justification 'access request 12/26'"
                    + " --bundle /tmp/federation/trust-bundle.note"
                    + " --roots /tmp/federation/roots.json"
                    + FR_CLIENTS
                    + "auditor --out /tmp/federation/report.html")
            .againWhile("NOT ALL PROVEN")
            .says("All facts are proven by the log."),
        CommandStep.of(
                "./entente audit export --subject 'case:DNRED-2026-IPR-00417' --proofs"
                    + " --officer FR-9 --justification 'access request 12/26'"
                    + FR_CLIENTS
                    + "auditor --out /tmp/federation/records.jsonl")
            .says("records.jsonl written: "),
        CommandStep.of(
                "./entente audit report --export /tmp/federation/records.jsonl --officer FR-9"
                    + " --justification 'access request 12/26'"
                    + " --bundle /tmp/federation/trust-bundle.note"
                    + " --roots /tmp/federation/roots.json"
                    + " --out /tmp/federation/report-of-export.html")
            .says("report-of-export.html written. All facts are proven by the log."));
  }

  /** What needs a node that does not run. */
  static List<CommandStep> stopped() {
    return List.of(
        CommandStep.of(
                "./entente audit export --from 2026-01-01 --officer FR-9"
                    + " --justification 'yearly report' --config /tmp/federation/fr.customs.yaml")
            .says("\"type\":\"NODE_STOP\""),
        CommandStep.of(
                "./entente audit new-log --config /tmp/federation/fr.customs.yaml --look"
                    + " --officer FR-1 --justification 'restored from the backup of 1 March'")
            .exits(1)
            .says("can be continued"),
        CommandStep.of(
                "./entente backup restore --config /tmp/federation/fr.customs.yaml --replace"
                    + " --officer FR-1 --justification 'the disk of 1 March is lost'")
            .says("restored     backup 1")
            .says("moved to"),
        CommandStep.of(
                "./entente audit new-log --ledger-lost --config /tmp/federation/fr.customs.yaml"
                    + " --officer FR-1"
                    + " --justification 'the disk of 1 March is lost, and so are its copies'")
            .exits(1)
            .says("holds a ledger"),
        CommandStep.of("./entente keystore list --config /tmp/federation/fr.customs.yaml")
            .says("since"),
        CommandStep.of(
                "./entente keystore passphrase --config /tmp/federation/fr.customs.yaml"
                    + " --new /tmp/federation/new-passphrase")
            .says("protected by the new passphrase"));
  }
}
