package org.entente.gateway.sizing;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlReadResult;

/**
 * What things cost, as measured: the only place from which {@link Sizing} has its numbers. They
 * stand in {@code costs.yaml} beside this class, each with where it was measured and how that is
 * repeated. Immutable.
 *
 * @param processor time of a core
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
   * @param writerShareSent how much of {@code sentMessage} is the one thread that writes the ledger
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
   * @param deliveryOverhead of a message alone in its envelope to one recipient, beyond its body
   * @param paddingShare by how much of its length a body may grow by padding
   * @param stanza for each further recipient that an envelope carries over a hop
   * @param answers evidence, receipts and watermarks for each message and recipient, in each
   *     direction
   * @param witnessExchange a checkpoint that is to be cosigned, and its cosignatures, about as long
   * @param bundleBase a trust bundle without members
   * @param bundleMember what each member adds
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
   * @param process of a gateway at rest that knows few others
   * @param member heap for each member of the federation that it exchanges mail with
   * @param link heap for each link, beside its sockets
   * @param connection heap and native memory of a link's connection
   * @param dead how much of the heap may be garbage, as a share of what lives
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
   * @param sentMessage what the origin keeps of a message, without what recipients state
   * @param sentRecipient what it keeps for each recipient
   * @param receivedMessage what a recipient keeps beside the body
   * @param forwardedMessage what a transit keeps
   * @param recordsDays how long all of these are kept; bodies are for the agreement's retention
   * @param amplification bytes on the disk for each byte kept
   */
  public record Disk(
      @JsonProperty(required = true) double sentMessage,
      @JsonProperty(required = true) double sentRecipient,
      @JsonProperty(required = true) double receivedMessage,
      @JsonProperty(required = true) double forwardedMessage,
      @JsonProperty(required = true) double recordsDays,
      @JsonProperty(required = true) double amplification) {}

  /** Those of this release. */
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
