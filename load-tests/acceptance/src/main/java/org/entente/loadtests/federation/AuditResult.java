package org.entente.loadtests.federation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.entente.gateway.cli.RootCommand;
import picocli.CommandLine;

/**
 * Result of {@code entente audit verify} for a stopped node.
 *
 * @param verified whether the whole log agrees with its signed checkpoint
 * @param leaves leaves of the log
 * @param inboxMessages messages in the node's inbox
 * @param inboxDuplicates message ids that are twice in the node's inbox
 * @param said output of a failed verification
 */
public record AuditResult(
    String agency,
    boolean verified,
    long leaves,
    long inboxMessages,
    int inboxDuplicates,
    String said) {

  /** Runs the command in this process. */
  public static AuditResult verify(NodePlan plan) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = {"audit", "verify", "--config", plan.config().toString(), "--json"};
    CommandLine line = RootCommand.commandLine(words);
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int code = line.execute(words);
    JsonNode report = parse(out.toString());
    boolean verified = code == 0 && report.path("verified").asBoolean(false);
    return new AuditResult(
        plan.agency(),
        verified,
        report.path("leaves").asLong(),
        report.path("inbox_messages").asLong(),
        report.path("inbox_duplicates").asInt(),
        verified ? "" : (err + " " + out).strip());
  }

  private static JsonNode parse(String text) {
    ObjectMapper json = new ObjectMapper();
    try {
      JsonNode node = json.readTree(text);
      return node == null ? json.createObjectNode() : node;
    } catch (JsonProcessingException e) {
      return json.createObjectNode();
    }
  }
}
