/**
 * A choice out of Stripe's public list of tax codes, by their names there: what stands for all goods or services,
 * nearly all that is digital, and the commonest of the rest. What falls under one is said in our own words.
 */
export const taxCodeNames: Readonly<Record<string, readonly [name: string, description: string]>> = {
  txcd_00000000: ['Nontaxable', 'Whatever no place taxes, or shall not be taxed here.'],
  txcd_10000000: ['General - Electronically Supplied Services', 'Anything delivered electronically.'],
  txcd_20030000: ['General - Services', 'Services of any kind, taxed where services in general are.'],
  txcd_99999999: ['General - Tangible Goods', 'Goods of any kind that can be touched.'],
  txcd_92010001: ['Shipping', 'Bringing goods to their buyer.'],

  txcd_10010001: [
    'Infrastructure as a service (IaaS) - personal use',
    'Rented computers, for private people.',
  ],
  txcd_10101000: ['Infrastructure as a service (IaaS) - business use', 'Rented computers, for businesses.'],
  txcd_10102000: [
    'Platform as a service (PaaS) - business use',
    'A platform to run software on, for businesses.',
  ],
  txcd_10102001: [
    'Platform as a Service (PaaS) - personal use',
    'A platform to run software on, for private people.',
  ],
  txcd_10103000: ['Software as a service (SaaS) - personal use', 'Software used online, by private people.'],
  txcd_10103001: ['Software as a service (SaaS) - business use', 'Software used online, by businesses.'],
  txcd_10103100: [
    'Software as a service (SaaS) - electronic download - personal use',
    'Software used online with a part to download, by private people.',
  ],
  txcd_10103101: [
    'Software as a service (SaaS) - electronic download - business use',
    'Software used online with a part to download, by businesses.',
  ],
  txcd_10104001: ['Cloud-based business process as a service', 'A business process run for others, online.'],
  txcd_10105001: [
    'Artificial Intelligence as a Service (AIaaS) - cloud based - personal use',
    'Artificial intelligence used online, by private people.',
  ],
  txcd_10105002: [
    'Artificial Intelligence as a Service (AIaaS) - cloud based - business use',
    'Artificial intelligence used online, by businesses.',
  ],

  txcd_10201000: [
    'Video games - downloaded - non subscription - with permanent rights',
    'A game to download and keep.',
  ],
  txcd_10201003: [
    'Video games - streamed - non subscription - with limited rights',
    'A game to play online for a while.',
  ],
  txcd_10201004: [
    'Video games - streamed - subscription - with conditional rights',
    'Games to play online while subscribed.',
  ],
  txcd_10202000: [
    'Downloadable software - personal use',
    'Ready-made software to download, for private people.',
  ],
  txcd_10202001: [
    'Downloadable software - non-recreational - personal use',
    'Ready-made software to download that is no game, for private people.',
  ],
  txcd_10202003: ['Downloadable software - business use', 'Ready-made software to download, for businesses.'],
  txcd_10203000: [
    'Downloadable software - custom - personal use',
    'Software made to order, for private people.',
  ],
  txcd_10203001: ['Downloadable software - custom - business use', 'Software made to order, for businesses.'],

  txcd_10301000: ['Audiobook', 'A book to listen to.'],
  txcd_10302000: [
    'Digital Books - downloaded - non subscription - with permanent rights',
    'A book to download and keep.',
  ],
  txcd_10302003: [
    'Digital Books - viewable only - subscription - with conditional rights',
    'Books to read while subscribed.',
  ],
  txcd_10303000: [
    'Digital Magazines - downloadable - subscription - with conditional rights',
    'Magazines to download while subscribed.',
  ],
  txcd_10303100: [
    'Digital Magazines - downloadable - non subscription - with permanent rights',
    'One magazine to keep.',
  ],
  txcd_10304000: [
    'Digital Newspapers - downloadable - non subscription - with permanent rights',
    'One newspaper to keep.',
  ],
  txcd_10304100: [
    'Digital Newspapers - downloadable - subscription - with conditional rights',
    'Newspapers to download while subscribed.',
  ],
  txcd_10305001: [
    'Digital School Textbooks - downloaded - non subscription - with permanent rights',
    'A schoolbook to download and keep.',
  ],
  txcd_10401000: [
    'Digital Audio Works - streamed - non subscription - with limited rights',
    'Sound to hear for a while.',
  ],
  txcd_10401100: [
    'Digital Audio Works - downloaded - non subscription - with permanent rights',
    'Sound to keep.',
  ],
  txcd_10401200: [
    'Digital Audio Works - streamed - subscription - with conditional rights',
    'Sound to hear while subscribed.',
  ],
  txcd_10402000: [
    'Digital Audio Visual Works - streamed - non subscription - with limited rights',
    'A film to see for a while.',
  ],
  txcd_10402100: [
    'Digital Audio Visual Works - downloaded - non subscription - with permanent rights',
    'A film to keep.',
  ],
  txcd_10402200: [
    'Digital Audio Visual Works - streamed - subscription - with conditional rights',
    'Films to see while subscribed.',
  ],
  txcd_10402300: ['Digital Video Streaming - live events - limited use', 'An event to watch as it happens.'],
  txcd_10501000: [
    'Digital Photographs/Images - downloaded - non subscription - with permanent rights',
    'A picture to keep.',
  ],
  txcd_10502000: ['Gift Card', 'A card to pay with for many things, sent electronically.'],
  txcd_10503000: [
    'Digital other news or documents - downloadable - non subscription - with permanent rights',
    'A document to download and keep.',
  ],
  txcd_10504003: [
    'Electronic software documentation or user manuals - Prewritten, electronic delivery',
    'A manual for ready-made software, sent electronically.',
  ],
  txcd_10505001: [
    'Digital Finished Artwork - downloaded - non subscription - with permanent rights',
    'Artwork to keep.',
  ],
  txcd_10506002: [
    'Digital Greeting Cards - Static text and/or images only',
    'A greeting card that does not move.',
  ],

  txcd_10701000: ['Website Advertising', 'Advertisements put on the internet for others.'],
  txcd_10701100: ['Website Hosting', 'Keeping a website reachable.'],
  txcd_10701200: ['Website Design', 'Designing a website.'],
  txcd_10701300: ['Website Data Processing', 'Working on data for others, online.'],
  txcd_10701400: [
    'Website Information Services - business use',
    'Information looked up online, by businesses.',
  ],
  txcd_10701401: [
    'Website Information Services - personal use',
    'Information looked up online, by private people.',
  ],
  txcd_10702000: ['Online Dating Services', 'Bringing people together, online.'],

  txcd_20010003: ['Cleaning services', 'Cleaning things.'],
  txcd_20010004: ['Commercial cleaning services', 'Cleaning where businesses work.'],
  txcd_20010006: ['Residential cleaning services', 'Cleaning where people live.'],
  txcd_20020018: ['Installation services', 'The labour of installing goods.'],
  txcd_20030002: ['Pet boarding', 'Keeping animals overnight.'],
  txcd_20030003: ['Pet grooming', 'Washing and trimming animals.'],
  txcd_20060058: ['Training Services - Self-Study Web-based', 'A course to take by oneself, online.'],
  txcd_20060158: [
    'Online Courses - on demand, streamed audio or audiovisual content',
    'A recorded course to watch or hear at any time.',
  ],
  txcd_20060358: ['Online Courses - on demand, written material', 'A course to read at any time.'],
  txcd_30011000: ['Clothing and Footwear', 'What people wear.'],
  txcd_35010000: ['Books', 'Printed books.'],
};
