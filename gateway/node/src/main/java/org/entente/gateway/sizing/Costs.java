package org.entente.gateway.sizing;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlReadResult;

/**
 * The measured costs, the only source of numbers for {@link Sizing}. They are in {@code costs.yaml}
 * beside this class, each with the place of its measurement and how to repeat it. Immutable.
 *
 * @param processor processor time
 * @param wire bytes between gateways, as serialised; gRPC, TLS and TCP add a few hundredths
 * @param memory bytes of a gateway's process
 * @param disk bytes on the ledger's disk
 */
public record Costs(
    @JsonProperty(required = true) Processor processor,
    @JsonProperty(required = true) Wire wire,
    @JsonProperty(required = true) Memory memory,
    @JsonProperty(required = true) Disk disk) {

  private static final String FILE = "costs.yaml";

  /**
   * Processor time in microseconds of one core.
   *
   * @param sentMessage at the origin, from a client's stream to the recipient's evidence
   * @param receivedMessage at a recipient, to its subscriber's acknowledgement
   * @param furtherRecipient at the origin, for each recipient after the first
   * @param forwardedMessage at a transit, for each message and recipient
   * @param witnessAnswer at a witness, for each request
   * @param writerShareSent share of {@code sentMessage} spent on the ledger's writer thread
   * @param writerShareReceived the same of {@code receivedMessage}
   */
  public record Processor(
      @JsonProperty(required = true) double sentMessage,
      @JsonProperty(required = true) double receivedMessage,
      @JsonProperty(required = true) double furtherRecipient,
      @JsonProperty(required = true) double forwardedMessage,
      @JsonProperty(required = true) double witnessAnswer,
      @JsonProperty(required = true) double writerShareSent,
      @JsonProperty(required = true) double writerShareReceived) {}

  /**
   * Bytes between gateways.
   *
   * @param deliveryOverhead for a message alone in its envelope to one recipient, without its body
   * @param paddingShare greatest growth of a body by padding, as a share of its length
   * @param stanza for each further recipient that an envelope carries over a hop
   * @param answers evidence, receipts and watermarks for each message and recipient, in each
   *     direction
   * @param witnessExchange a checkpoint to be cosigned, and its cosignatures, of similar length
   * @param bundleBase a trust bundle without members
   * @param bundleMember bytes added by each member
   */
  public record Wire(
      @JsonProperty(required = true) double deliveryOverhead,
      @JsonProperty(required = true) double paddingShare,
      @JsonProperty(required = true) double stanza,
      @JsonProperty(required = true) double answers,
      @JsonProperty(required = true) double witnessExchange,
      @JsonProperty(required = true) double bundleBase,
      @JsonProperty(required = true) double bundleMember) {}

  /**
   * Bytes of memory.
   *
   * @param process an idle gateway that knows few others
   * @param member heap for each member with which it exchanges mail
   * @param link heap for each link, without its sockets
   * @param connection heap and native memory of a link's connection
   * @param dead greatest garbage in the heap, as a share of live data
   */
  public record Memory(
      @JsonProperty(required = true) double process,
      @JsonProperty(required = true) double member,
      @JsonProperty(required = true) double link,
      @JsonProperty(required = true) double connection,
      @JsonProperty(required = true) double dead) {}

  /**
   * Bytes on the ledger's disk.
   *
   * @param sentMessage bytes that the origin keeps of a message, without recipients' statements
   * @param sentRecipient bytes that it keeps for each recipient
   * @param receivedMessage bytes that a recipient keeps besides the body
   * @param forwardedMessage bytes that a transit keeps
   * @param recordsDays retention of all of these; bodies have the agreement's retention
   * @param amplification bytes on disk for each byte kept
   */
  public record Disk(
      @JsonProperty(required = true) double sentMessage,
      @JsonProperty(required = true) double sentRecipient,
      @JsonProperty(required = true) double receivedMessage,
      @JsonProperty(required = true) double forwardedMessage,
      @JsonProperty(required = true) double recordsDays,
      @JsonProperty(required = true) double amplification) {}

  /** The costs of this release. */
  public static Costs measured() {
    try (InputStream in = Costs.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is not on the class path");
      }
      return parse(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Costs parse(byte[] content) {
    YamlReadResult<Costs> reading = new YamlFiles().parse(FILE, content, Costs.class);
    if (reading instanceof YamlReadResult.Read<Costs> read) {
      return read.value();
    }
    throw new IllegalStateException(FILE + ": " + reading);
  }
}
