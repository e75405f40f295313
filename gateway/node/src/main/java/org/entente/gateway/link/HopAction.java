package org.entente.gateway.link;

import java.util.List;
import org.entente.gateway.model.Code;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Receipt;

/**
 * An action that {@link HopSender} or {@link HopReceiver} requests; their caller performs actions
 * in order.
 */
sealed interface HopAction {
  /** Send a frame on the current stream. */
  record Say(Frame frame) implements HopAction {}

  /** Send a Hello with these facts on the current stream. */
  record Greet(HopFacts facts) implements HopAction {}

  /** {@link HopQueue#openEpoch}; then {@link HopSender#epochOpened} or {@code epochFailed}. */
  record OpenEpoch(long epoch) implements HopAction {}

  /** {@link HopQueue#released}. */
  record Release(List<Receipt> receipts) implements HopAction {}

  /** {@link HopIntake#receive}; then {@link HopReceiver#committed} or {@code failed}, in order. */
  record Receive(List<Delivery> deliveries) implements HopAction {}

  /** {@link HopIntake#adopt}. */
  record Adopt(long epoch, long next) implements HopAction {}

  /** End the stream; another one may follow after a pause. */
  record Close(Code code, String text) implements HopAction {}

  /** Raise an alarm, end the stream and open none until an operator resumes the lane. */
  record Stop(Side side, Code code, String text) implements HopAction {}

  /** The half of the lane that reports a conflict. */
  enum Side {
    SENDER,
    RECEIVER
  }
}
