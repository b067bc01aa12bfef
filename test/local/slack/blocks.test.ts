import { describe, expect, it } from 'vitest';
import { blockProblems } from '../../../local/slack/blocks.ts';

const text = (length: number, type = 'mrkdwn') => ({ type, text: 'a'.repeat(length) });
const section = (more: object) => ({ type: 'section', ...more });
const button = (more: object = {}) => ({ type: 'button', text: text(3, 'plain_text'), ...more });

describe('blocks', () => {
  it('that Slack takes are taken', () => {
    const blocks = [
      { type: 'header', text: { type: 'plain_text', text: 'a', emoji: true } },
      section({ text: { ...text(3000), verbatim: true } }),
      section({ fields: Array.from({ length: 10 }, () => text(2000)) }),
      section({ text: text(1), accessory: button({ url: 'https://example.com', style: 'danger' }) }),
      { type: 'divider' },
      { type: 'context', elements: Array.from({ length: 10 }, () => text(1)) },
      { type: 'actions', elements: [button({ value: 'v', action_id: 'a' })] },
    ];
    expect(blockProblems(blocks)).toEqual([]);
  });

  /** Block Kit's reference, "Blocks" and "Block elements": each limit, and one more. */
  it.each([
    [
      '51 blocks',
      Array.from({ length: 51 }, () => ({ type: 'divider' })),
      'no more than 50 items allowed [json-pointer:/blocks]',
    ],
    ['none', [], 'no less than 1 items allowed [json-pointer:/blocks]'],
    [
      'a header of 151',
      [{ type: 'header', text: text(151, 'plain_text') }],
      'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    ],
    ['a header in mrkdwn', [{ type: 'header', text: text(1) }], 'must be one of: plain_text [json-pointer:/blocks/0/text/type]'],
    [
      'a section of 3001',
      [section({ text: text(3001) })],
      'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ],
    ['an empty text', [section({ text: text(0) })], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
    [
      '11 fields',
      [section({ fields: Array.from({ length: 11 }, () => text(1)) })],
      'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
    ],
    [
      'a field of 2001',
      [section({ fields: [text(2001)] })],
      'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
    ],
    ['a section of nothing', [section({})], 'must define either `text` or `fields` [json-pointer:/blocks/0/type]'],
    [
      '11 in a context',
      [{ type: 'context', elements: Array.from({ length: 11 }, () => text(1)) }],
      'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'a button of 76',
      [{ type: 'actions', elements: [button({ text: text(76, 'plain_text') })] }],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    ],
    [
      'a long address',
      [{ type: 'actions', elements: [button({ url: 'h'.repeat(3001) })] }],
      'must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]',
    ],
    ['an unknown block', [{ type: 'carousel' }], 'unsupported type: carousel [json-pointer:/blocks/0/type]'],
    ['an unknown member', [{ type: 'divider', colour: 'red' }], 'invalid additional property: colour [json-pointer:/blocks/0]'],
    [
      'verbatim of plain text',
      [section({ text: { type: 'plain_text', text: 'a', verbatim: true } })],
      'invalid additional property: verbatim [json-pointer:/blocks/0/text]',
    ],
    [
      'the same id twice',
      [
        { type: 'divider', block_id: 'a' },
        { type: 'divider', block_id: 'a' },
      ],
      '`block_id` must be unique [json-pointer:/blocks]',
    ],
    ['no list', { type: 'divider' }, 'must provide an array [json-pointer:/blocks]'],
  ])('%s is refused, and where', (_, blocks, said) => {
    expect(blockProblems(blocks)).toContain(said);
  });
});
