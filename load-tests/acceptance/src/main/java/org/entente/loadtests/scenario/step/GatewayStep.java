package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.entente.gateway.cli.RootCommand;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.scenario.action.CallActor;
import org.entente.loadtests.scenario.action.CallResult;
import org.entente.loadtests.scenario.action.ClientRef;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.BackupsGrpc;
import org.entente.proto.v1.CreateBackupRequest;
import org.entente.proto.v1.CreateBackupResponse;
import org.entente.proto.v1.OnBehalfOf;
import picocli.CommandLine;

/**
 * An event at a gateway.
 *
 * @param agency the gateway's agency
 * @param does the event
 */
public record GatewayStep(
    @JsonProperty(required = true) String agency, @JsonProperty(required = true) Event does)
    implements ScenarioAction {
  private static final String OPERATOR = "operator";
  private static final OnBehalfOf PERSON = CallActor.person("OPERATOR", "scenario");

  /** Possible events. */
  enum Event {
    /** It is stopped in order. */
    STOP,
    /** Its process is killed, as by a loss of power. */
    KILL,
    /** It is started on its existing data, until it is ready. */
    START,
    /** Its ledger is copied while it runs, as {@code backup create} does. */
    COPY,
    /** While it is stopped, the copy replaces its ledger, by {@code backup restore}. */
    RESTORE
  }

  @Override
  public String word() {
    return "gateway";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.agency(field + ".agency", agency);
    checking.require(
        does != Event.COPY || checking.grants(agency, OPERATOR),
        field + ".agency",
        agency + " has no client that may make copies",
        "a gateway with a client of the scope operator");
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    Federation federation = stage.federation();
    switch (does) {
      case STOP -> federation.stop(agency);
      case KILL -> federation.kill(agency);
      case START -> federation.start(List.of(agency));
      case COPY -> copy(stage, findings);
      case RESTORE -> restore(stage, findings);
    }
    boolean runs = federation.running().contains(agency) && !federation.crashed().contains(agency);
    findings.same(
        agency + (does == Event.START || does == Event.COPY ? " runs" : " does not run"),
        agency + (runs ? " runs" : " does not run"));
  }

  private void copy(ScenarioFederation stage, StepFindings findings) {
    ClientRef operator =
        new ClientRef(agency, stage.federation().plan(agency).clientWith(OPERATOR).orElseThrow());
    BackupsGrpc.BackupsBlockingStub backups = BackupsGrpc.newBlockingStub(stage.channel(operator));
    CreateBackupRequest request = CreateBackupRequest.newBuilder().setOnBehalfOf(PERSON).build();
    CallResult<CreateBackupResponse> made =
        CallResult.to(() -> stage.patient(backups).createBackup(request));
    findings.same("it is copied", made.words(it -> "it is copied"));
  }

  private void restore(ScenarioFederation stage, StepFindings findings) {
    StringWriter said = new StringWriter();
    String[] words = {
      "backup",
      "restore",
      "--config",
      stage.federation().plan(agency).config().toString(),
      "--replace",
      "--officer",
      PERSON.getOfficer(),
      "--justification",
      PERSON.getJustification()
    };
    CommandLine line = RootCommand.commandLine(words);
    line.setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
    int code = line.execute(words);
    findings.add("it is restored", code == 0 ? "it is restored" : said.toString(), code == 0);
    stage.restored(agency);
  }
}
